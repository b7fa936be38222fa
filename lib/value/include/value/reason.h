/* reason: why a row was refused or a value made null; the words of extracts.md, in its order. */
#ifndef BIDUI_VALUE_REASON_H
#define BIDUI_VALUE_REASON_H

enum reason {
	REASON_NONE,
	ROW_NUL, ROW_ENCODING, ROW_QUOTE, ROW_SIZE, ROW_WIDTH,
	ID_SCIENTIFIC, ID_EMPTY, ID_PLACEHOLDER, ID_LENGTH, ID_CHARSET, ID_REGION, ID_DATE, ID_EXCEL, ID_CHECKSUM,
	CERT, EMPTY, DATE, YEAR, MONEY, BOOL, REGION, GRADE, ENUM,
	REASON_COUNT
};

/* The word as it stands in rejects and invalid: "ID_CHECKSUM". */
const char *reason_name(enum reason reason);

#endif
