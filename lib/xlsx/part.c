#include "part.h"

#include "base/mem.h"
#include "remedy.h"

#include <expat.h>
#include <stdlib.h>

#define BLOCK (64u << 10)
#define TOKEN_MAX (1u << 20)
#define DEPTH_MAX 64
#define NAMES_MAX 512
#define NAME_PLACES 1024 /* a power of two, over NAMES_MAX */

struct part {
	struct package *package;
	zip_file_t *member;
	const char *path;
	const struct part_events *events;
	void *arg;
	XML_Parser parser;
	struct err *err;              /* of the call under way */
	uint64_t line, fed;           /* fed: bytes given to the parser */
	unsigned depth, name_count;
	uint64_t names[NAME_PLACES];  /* hashes of names seen; 0: free */
	bool paused, skipped, failed, last;
};

/* Without memory the program ends, here as elsewhere. */
static void *grow(void *p, size_t n)
{
	return mem_grow(p, n, 1);
}

static const XML_Memory_Handling_Suite memory = { mem_take, grow, free };

static const char *local(const char *name)
{
	const char *colon = strrchr(name, ':');
	return colon ? colon + 1 : name;
}

void part_pause(struct part *p)
{
	p->paused = true;
	XML_StopParser(p->parser, XML_TRUE);
}

void part_skip(struct part *p)
{
	p->skipped = true;
	XML_StopParser(p->parser, XML_FALSE);
}

void part_abort(struct part *p)
{
	p->failed = true;
	XML_StopParser(p->parser, XML_FALSE);
}

void part_refuse(struct part *p, const char *why)
{
	if (!p->failed)
		err_set(p->err, STATUS_DATA, "%s:%llu: %s %s", p->package->name, (unsigned long long)p->line, p->path, why);
	part_abort(p);
}

struct err *part_err(struct part *p)
{
	return p->err;
}

void part_set_line(struct part *p, uint64_t line)
{
	p->line = line;
}

/* expat keeps every name it has seen: count them. */
static void note_name(struct part *p, const char *name)
{
	uint64_t hash = UINT64_C(0xCBF29CE484222325);
	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001B3);
	hash |= 1;
	size_t i = hash >> 32 & (NAME_PLACES - 1);
	while (p->names[i] && p->names[i] != hash)
		i = (i + 1) & (NAME_PLACES - 1);
	if (p->names[i])
		return;
	p->names[i] = hash;
	if (++p->name_count > NAMES_MAX)
		part_refuse(p, "has more names than a workbook has; " SAVE_AGAIN);
}

static void on_open(void *part, const char *name, const char **attributes)
{
	struct part *p = part;
	note_name(p, name);
	for (const char **a = attributes; *a && !p->failed; a += 2)
		note_name(p, *a);
	if (p->depth == DEPTH_MAX)
		part_refuse(p, "is nested too deep; " SAVE_AGAIN);
	if (p->failed || p->skipped)
		return;
	p->events->open(p->arg, p->depth++, local(name), attributes);
}

static void on_close(void *part, const char *name)
{
	struct part *p = part;
	if (!p->failed && !p->skipped)
		p->events->close(p->arg, --p->depth, local(name));
}

static void on_text(void *part, const char *text, int n)
{
	struct part *p = part;
	if (!p->failed && !p->skipped)
		p->events->text(p->arg, text, (size_t)n);
}

static void on_doctype(void *part, const char *name, const char *system_id, const char *public_id, int internal)
{
	(void)name, (void)system_id, (void)public_id, (void)internal;
	part_refuse(part, "declares a document type, as no workbook does; " SAVE_AGAIN);
}

int part_open(struct part **ret, struct package *package, const char *path, const struct part_events *events, void *arg,
              struct err *err)
{
	struct part *p = mem_alloc(sizeof *p);
	*p = (struct part){ .package = package, .path = path, .events = events, .arg = arg, .line = 1 };
	if (package_member(package, &p->member, path, err) < 0) {
		part_close(p);
		return -1;
	}
	p->parser = XML_ParserCreate_MM(NULL, &memory, NULL);
	if (!p->parser) {
		part_close(p);
		return err_set(err, STATUS_OSERR, "%s: no memory for XML; give the machine more", package->name);
	}
	XML_SetUserData(p->parser, p);
	XML_SetElementHandler(p->parser, on_open, on_close);
	if (events->text)
		XML_SetCharacterDataHandler(p->parser, on_text);
	XML_SetStartDoctypeDeclHandler(p->parser, on_doctype);
	*ret = p;
	return 0;
}

/* Read what is left of the member, for its checksum. */
static enum part_got drain(struct part *p)
{
	char rest[4096];
	ssize_t n;
	while ((n = package_read(p->package, p->member, p->path, rest, sizeof rest, p->err)) > 0)
		;
	return n < 0 ? PART_ERROR : PART_END;
}

/* Give the parser the next block. */
static enum XML_Status feed(struct part *p)
{
	void *block = XML_GetBuffer(p->parser, BLOCK);
	ssize_t n = block ? package_read(p->package, p->member, p->path, block, BLOCK, p->err) : 0;
	if (n < 0) {
		p->failed = true;
		return XML_STATUS_ERROR;
	}
	if (!block)
		return XML_STATUS_ERROR;
	p->fed += (uint64_t)n;
	p->last = n == 0;
	return XML_ParseBuffer(p->parser, (int)n, p->last);
}

/* Bytes that the parser holds on to because their token is not complete. */
static uint64_t unfinished(const struct part *p)
{
	XML_Index at = XML_GetCurrentByteIndex(p->parser);
	return at < 0 ? 0 : p->fed - (uint64_t)at;
}

static void refuse_xml(struct part *p)
{
	enum XML_Error code = XML_GetErrorCode(p->parser);
	if (code == XML_ERROR_NO_MEMORY)
		err_set(p->err, STATUS_OSERR, "%s: no memory for XML; give the machine more", p->package->name);
	else
		err_set(p->err, STATUS_DATA, "%s:%llu: %s is damaged (%s); " SAVE_AGAIN, p->package->name, (unsigned long long)p->line,
		        p->path, XML_ErrorString(code));
}

enum part_got part_run(struct part *p, struct err *err)
{
	p->err = err;
	while (!p->skipped && !p->failed) {
		bool resume = p->paused;
		if (!resume && p->last)
			return PART_END;
		p->paused = false;
		enum XML_Status status = resume ? XML_ResumeParser(p->parser) : feed(p);
		if (p->failed || p->skipped)
			break;
		if (status == XML_STATUS_SUSPENDED)
			return PART_PAUSED;
		if (status == XML_STATUS_ERROR) {
			refuse_xml(p);
			p->failed = true;
		} else if (!p->last && unfinished(p) > TOKEN_MAX) {
			part_refuse(p, "has a tag or a remark that is too long; " SAVE_AGAIN);
		}
	}
	return p->failed ? PART_ERROR : drain(p);
}

int part_read(struct package *package, const char *path, const struct part_events *events, void *arg, struct part **seat,
              struct err *err)
{
	if (part_open(seat, package, path, events, arg, err) < 0)
		return -1;
	enum part_got got;
	while ((got = part_run(*seat, err)) == PART_PAUSED)
		;
	part_close(*seat);
	*seat = NULL;
	return got == PART_END ? 0 : -1;
}

void part_close(struct part *p)
{
	if (!p)
		return;
	if (p->parser)
		XML_ParserFree(p->parser);
	if (p->member)
		zip_fclose(p->member);
	free(p);
}

const char *part_attribute(const char **attributes, const char *name)
{
	for (; *attributes; attributes += 2)
		if (!strcmp(local(*attributes), name))
			return attributes[1];
	return NULL;
}
