/* names: what people and places are called. All invented. */
#ifndef BIDUI_GEN_NAMES_H
#define BIDUI_GEN_NAMES_H

#include <stddef.h>
#include <stdint.h>

#define NAME_BYTES 64

/* UTF-8 into out (NAME_BYTES of it), without NUL; the bytes. */
size_t name_of_person(uint32_t surname, uint32_t given, char *out);
size_t name_of_county(uint64_t village, char *out);
size_t name_of_township(uint64_t village, char *out);
size_t name_of_village(uint64_t village, char *out);

#endif
