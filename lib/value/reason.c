#include "value/reason.h"

static const char *const names[REASON_COUNT] = {
	[REASON_NONE] = "",
	[ROW_NUL] = "ROW_NUL", [ROW_ENCODING] = "ROW_ENCODING", [ROW_QUOTE] = "ROW_QUOTE", [ROW_SIZE] = "ROW_SIZE",
	[ROW_WIDTH] = "ROW_WIDTH",
	[ID_SCIENTIFIC] = "ID_SCIENTIFIC", [ID_EMPTY] = "ID_EMPTY", [ID_PLACEHOLDER] = "ID_PLACEHOLDER",
	[ID_LENGTH] = "ID_LENGTH", [ID_CHARSET] = "ID_CHARSET", [ID_REGION] = "ID_REGION", [ID_DATE] = "ID_DATE",
	[ID_EXCEL] = "ID_EXCEL", [ID_CHECKSUM] = "ID_CHECKSUM",
	[CERT] = "CERT", [EMPTY] = "EMPTY", [DATE] = "DATE", [YEAR] = "YEAR", [MONEY] = "MONEY", [BOOL] = "BOOL",
	[REGION] = "REGION", [GRADE] = "GRADE", [ENUM] = "ENUM",
};

const char *reason_name(enum reason reason)
{
	return names[reason];
}
