/* part: one XML member of a package, parsed in blocks, its events given to a reader that may pause.
 *
 * Bounds that keep expat's memory small whatever comes: no document type (so no entities), at most 64 levels, no token over 1 MiB, at
 * most 512 names of elements and attributes. Names are given without their prefix, whatever it is.
 *
 *     part_open(&part, package, path, &events, arg, err);
 *     while ((got = part_run(part, err)) == PART_PAUSED) ...
 */
#ifndef BIDUI_XLSX_PART_H
#define BIDUI_XLSX_PART_H

#include "package.h"

#include <stddef.h>

struct part;

/* depth: 0 for the root element; text has no depth. attributes: name, value, ..., NULL, as they stand, prefixes too. */
struct part_events {
	void (*open)(void *arg, unsigned depth, const char *name, const char **attributes);
	void (*close)(void *arg, unsigned depth, const char *name);
	void (*text)(void *arg, const char *p, size_t n); /* or NULL */
};

enum part_got { PART_PAUSED, PART_END, PART_ERROR };

/* events, arg, package and path are borrowed until part_close. */
int part_open(struct part **ret, struct package *package, const char *path, const struct part_events *events, void *arg,
              struct err *err) __attribute__((warn_unused_result));
enum part_got part_run(struct part *p, struct err *err) __attribute__((warn_unused_result));
void part_close(struct part *p); /* NULL-safe */
/* Open, run to the end, close. */
int part_read(struct package *package, const char *path, const struct part_events *events, void *arg, struct part **seat,
              struct err *err) __attribute__((warn_unused_result));

/* For events. Pause: part_run returns once this event is dealt with. Skip: no further event, the rest is read for its checksum only.
 * Refuse: 65, "NAME:LINE: PATH why". Abort: part_err was filled in. */
void part_pause(struct part *p);
void part_skip(struct part *p);
void part_refuse(struct part *p, const char *why);
void part_abort(struct part *p);
struct err *part_err(struct part *p);
void part_set_line(struct part *p, uint64_t line); /* for messages; 1 at first */

/* The value of an attribute, its prefix passed over, or NULL. */
const char *part_attribute(const char **attributes, const char *name);

#endif
