/* book: parts zipped into a workbook, uncompressed and with the right CRC, so that what a fuzzer changes in them is read as XML. */
#ifndef BIDUI_TESTS_FUZZ_BOOK_H
#define BIDUI_TESTS_FUZZ_BOOK_H

#include "base/mem.h"

/* The parts, each under a line "\001NAME"; the zip is appended. */
void book_zip(struct buf *zip, struct str parts);

#endif
