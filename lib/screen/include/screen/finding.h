/* finding: one rule's answer for one unit, with the rows that made it true, as stored between screen and report.
 *
 * Page: docs/formats/finding.md. Everything a list shows is worked out by the screen but for what needs all findings (order) or the
 * list of villages (names).
 */
#ifndef BIDUI_SCREEN_FINDING_H
#define BIDUI_SCREEN_FINDING_H

#include "rule/pack.h"

struct finding {
	enum list list;
	unsigned rule;               /* index in the pack */
	enum unit unit;
	bool core;
	enum level severity, confidence;
	int64_t region;              /* or VALUE_NULL */
	uint32_t persons;
	struct str nature, unit_no, head_name, head_id, status;
	struct str evidence_ids, evidence_rows, evidence_hash, evidence;
};

void finding_encode(struct buf *b, const struct finding *f);
int64_t finding_region(const uint8_t *p); /* of the encoded one at p */
/* Take the next finding from *p; its texts borrow the bytes. -1 when they are broken. */
int finding_decode(struct finding *f, const struct pack *pack, const uint8_t **p, const uint8_t *end);

#define TAG_FINDINGS FRAME_TAG('F', 'I', 'N', 'D')

#endif
