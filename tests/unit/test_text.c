#include "base/cpu.h"
#include "base/mem.h"
#include "text/blank.h"
#include "text/decode.h"
#include "text/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
/* cmocka wants the above first */
#include <cmocka.h>
#include <iconv.h>

#define BAD "\xFF"

struct bytes {
	struct str rest;
	size_t most;
};

static ssize_t give(void *arg, void *to, size_t n, struct err *err)
{
	struct bytes *b = arg;
	(void)err;
	size_t k = b->most < n ? b->most : n;
	k = k < b->rest.n ? k : b->rest.n;
	memcpy(to, b->rest.p, k);
	b->rest.p += k;
	b->rest.n -= k;
	return (ssize_t)k;
}

/* What a text decodes to, given in pieces of `most` bytes and asked for in pieces of `room`. */
static void decode(enum encoding e, struct str in, size_t most, size_t room, struct buf *out)
{
	struct bytes bytes = { in, most };
	struct decoder *d;
	struct err err;
	char piece[4096];
	ssize_t n;
	assert_int_equal(decoder_open(&d, e, give, &bytes, &err), 0);
	while ((n = decoder_read(d, piece, room, &err)) > 0)
		buf_put(out, piece, (size_t)n);
	assert_int_equal(n, 0);
	decoder_close(d);
}

static void assert_decodes(enum encoding e, struct str in, const char *want)
{
	for (size_t most = 1; most <= in.n + 1; most++) {
		struct buf out = { 0 };
		decode(e, in, most, DECODE_ROOM, &out);
		if (!str_eq(buf_str(&out), str_of(want)))
			fail_msg("in pieces of %zu: not as wanted", most);
		buf_release(&out);
	}
}

static void gb18030_is_decoded(void **unused)
{
	(void)unused;
	assert_decodes(ENCODING_GB18030, STR("\xBB\xA7\xBA\xC5,a|b\n"), "户号,a|b\n");
	assert_decodes(ENCODING_GB18030, STR("\x81\x39\xEF\x30"), "㐁");
	assert_decodes(ENCODING_GB18030, STR("\x81\x7C,"), "亅,"); /* '|' as the second half of a character */
}

static void a_bad_byte_swallows_itself_only(void **unused)
{
	(void)unused;
	assert_decodes(ENCODING_GB18030, STR("\x81,\xBB\xA7"), BAD ",户");
	assert_decodes(ENCODING_GB18030, STR("\xFF\x80\"\n"), BAD BAD "\"\n");
	assert_decodes(ENCODING_GB18030, STR("a\xBB"), "a" BAD);
	assert_decodes(ENCODING_GB18030, STR("\x81\x30\x81,"), BAD "0" BAD ",");
	assert_decodes(ENCODING_GB18030, STR("\x81\x30\x81"), BAD "0" BAD);
}

static void utf16_is_decoded_either_way(void **unused)
{
	(void)unused;
	assert_decodes(ENCODING_UTF16LE, STR("\x37\x62,\0\x40\xD8\x87\xDC"), "户,𠂇");
	assert_decodes(ENCODING_UTF16BE, STR("\x62\x37\0,\xD8\x40\xDC\x87"), "户,𠂇");
}

static void an_ill_formed_unit_is_two_bad_bytes(void **unused)
{
	(void)unused;
	assert_decodes(ENCODING_UTF16LE, STR("\x40\xD8,\0"), BAD BAD ",");
	assert_decodes(ENCODING_UTF16LE, STR("\x87\xDC,\0"), BAD BAD ",");
	assert_decodes(ENCODING_UTF16LE, STR("\x40\xD8"), BAD BAD);
	assert_decodes(ENCODING_UTF16BE, STR("\0,\x62"), "," BAD);
}

/* Every two-byte code that iconv knows, one a line. */
static void gb18030_maps_as_the_c_library_does(void **unused)
{
	(void)unused;
	struct buf in = { 0 }, want = { 0 }, got = { 0 };
	iconv_t to_utf8 = iconv_open("UTF-8", "GB18030");
	for (unsigned code = 0x8140; code <= 0xFEFE; code++) {
		char two[2] = { (char)(code >> 8), (char)code }, out[8], *from = two, *to = out;
		size_t left = 2, room = sizeof out;
		iconv(to_utf8, NULL, NULL, NULL, NULL);
		if (iconv(to_utf8, &from, &left, &to, &room) == (size_t)-1)
			continue;
		buf_put(&in, two, 2);
		buf_putc(&in, '\n');
		buf_put(&want, out, sizeof out - room);
		buf_putc(&want, '\n');
	}
	iconv_close(to_utf8);
	decode(ENCODING_GB18030, buf_str(&in), 1000, 4096, &got);
	assert_true(want.n > 60000);
	assert_true(str_eq(buf_str(&got), buf_str(&want)));
	buf_release(&in);
	buf_release(&want);
	buf_release(&got);
}

static void bad_sequences_are_counted(void **unused)
{
	(void)unused;
	size_t bad;
	struct err err;
	assert_int_equal(encoding_count_bad(ENCODING_UTF8, STR("a\xE4\xBA,\xE4\xBA"), false, &bad, &err), 0);
	assert_int_equal(bad, 4);
	assert_int_equal(encoding_count_bad(ENCODING_UTF8, STR("a\xE4\xBA,\xE4\xBA"), true, &bad, &err), 0);
	assert_int_equal(bad, 2); /* a character that the end cuts is none */
	assert_int_equal(encoding_count_bad(ENCODING_GB18030, STR("\x81,\xBB"), true, &bad, &err), 0);
	assert_int_equal(bad, 1);
}

static void bad_bytes_are_shown(void **unused)
{
	(void)unused;
	struct buf out = { 0 };
	utf8_mend(STR("a\xFF\xFE户\xE4\xBA,\xED\xA0\x80\xC0\x80"), &out);
	assert_true(str_eq(buf_str(&out), STR("a\uFFFD\uFFFD户\uFFFD\uFFFD,\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD")));
	buf_release(&out);
}

static void blanks_and_the_text_mark_go(void **unused)
{
	(void)unused;
	assert_true(str_eq(text_trim(STR("\u3000\uFEFF \t'\u00A0a b\u200B\r\n")), STR("a b")));
	assert_true(str_eq(text_trim(STR("''a")), STR("'a")));
	assert_int_equal(text_trim(STR(" ' ")).n, 0);
	assert_true(str_eq(blank_trim(STR(" 'a")), STR("'a")));
	char out[16];
	assert_int_equal(text_unblank(STR("a\u3000b c"), out), 3);
	assert_memory_equal(out, "abc", 3);
}

static uint32_t state = 1;

static uint32_t random_below(uint32_t n)
{
	state = state * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)state * n >> 32);
}

/* ASCII, characters of each length, and now and then what is none. */
static void long_text(struct buf *out)
{
	static const char *const pieces[] = { "plain ASCII, more than eight bytes", "a", "\u00E9", "户", "籍", "𠂇", "\uFEFF", "\u0800", "\uD7FF",
	                                      "\uE000", "\U0010FFFF", "\u07FF" };
	static const char *const bad[] = { "\xFF", "\x80", "\xED\xA0\x80", "\xC0\x80", "\xE0\x80\x80", "\xF4\x90\x80\x80", "\xF0\x80\x80\x80",
	                                   "\xE4\xBA", "\xC3", "\xF0\xA0\x82", "\xF5\x80\x80\x80", "\xE4\xBA\xFF", "\xC1\xBF" };
	uint32_t seldom = random_below(3) ? 100000 : 1 + random_below(300);
	out->n = 0;
	for (uint32_t n = random_below(200); n-- > 0;)
		buf_puts(out, str_of(random_below(seldom) ? pieces[random_below(sizeof pieces / sizeof *pieces)]
		                                          : bad[random_below(sizeof bad / sizeof *bad)]));
}

static void vectors_find_the_same_bad_byte(void **unused)
{
	(void)unused;
	struct buf text = { 0 };
	for (int i = 0; i < 20000; i++) {
		long_text(&text);
		size_t from = text.n ? random_below((uint32_t)(text.n < 70 ? text.n : 70)) : 0; /* any alignment, and a cut character first */
		size_t n = text.n - from;
		char *copy = mem_dup((struct str){ text.p + from, n }); /* a read behind the end shows */
		cpu_use_avx2(false);
		size_t slow = utf8_check(copy, n);
		cpu_use_avx2(true);
		assert_int_equal(utf8_check(copy, n), slow);
		free(copy);
	}
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_find_the_same_bad_byte),
		cmocka_unit_test(gb18030_is_decoded),
		cmocka_unit_test(a_bad_byte_swallows_itself_only),
		cmocka_unit_test(utf16_is_decoded_either_way),
		cmocka_unit_test(an_ill_formed_unit_is_two_bad_bytes),
		cmocka_unit_test(gb18030_maps_as_the_c_library_does),
		cmocka_unit_test(bad_sequences_are_counted),
		cmocka_unit_test(bad_bytes_are_shown),
		cmocka_unit_test(blanks_and_the_text_mark_go),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
