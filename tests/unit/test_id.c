#include "id/day.h"
#include "id/hide.h"
#include "id/id.h"
#include "value/reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants the above first */
#include <cmocka.h>

#define AS_OF day_of(2017, 11, 26)
#define ROUNDS 20000

static uint32_t state = 1;

static uint32_t random_below(uint32_t n)
{
	state = state * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)state * n >> 32);
}

/* A valid number with an invented county code. */
static void random_number(char out[ID_TEXT + 1])
{
	int y, m, d;
	day_split((int32_t)random_below((uint32_t)AS_OF), &y, &m, &d);
	snprintf(out, ID_TEXT + 1, "5009%02u%04d%02d%02d%03u", 1 + random_below(99), y, m, d, random_below(1000));
	out[17] = id_check_digit(out);
	out[18] = 0;
}

static int parse(const char *text, uint64_t *ret)
{
	char cleaned[ID_CLEAN_SIZE];
	size_t n;
	int reason = id_clean(str_of(text), cleaned, sizeof cleaned, &n);
	return reason ? reason : id_parse((struct str){ cleaned, n }, AS_OF, ret);
}

static void a_number_comes_back_from_its_key(void **unused)
{
	(void)unused;
	for (int i = 0; i < ROUNDS; i++) {
		char text[ID_TEXT + 1], back[ID_TEXT];
		uint64_t key;
		random_number(text);
		assert_int_equal(parse(text, &key), 0);
		id_print(key, back);
		assert_memory_equal(text, back, ID_TEXT);
		assert_true(id_key(key) != 0 && id_key(key) >> ID_KEY_BITS == 0);
	}
}

/* A number, damaged in up to two places by bytes that stand near digits, or any. */
static void damage(char text[ID_TEXT])
{
	static const char near[] = "0123456789X/:x-. A\xFA\x00\xFF";
	for (uint32_t n = random_below(3); n-- > 0;)
		text[random_below(ID_TEXT)] = random_below(8) ? near[random_below(sizeof near - 1)] : (char)random_below(256);
}

static void the_fast_way_gives_the_same_numbers(void **unused)
{
	(void)unused;
	uint32_t taken = 0;
	for (int i = 0; i < 40 * ROUNDS; i++) {
		char text[ID_TEXT + 1];
		uint64_t fast = 0, slow = 0;
		random_number(text);
		if (random_below(4) == 0) /* any province, and days that are none */
			for (uint32_t n = random_below(6); n-- > 0;)
				text[random_below(17)] = (char)('0' + random_below(10));
		if (random_below(2)) {
			bool digits = true;
			for (int k = 0; k < 17; k++)
				digits = digits && text[k] >= '0' && text[k] <= '9';
			if (digits)
				text[17] = id_check_digit(text);
		}
		if (random_below(2))
			damage(text);
		bool yes = id_parse_clean(text, AS_OF, &fast);
		char cleaned[ID_CLEAN_SIZE];
		size_t n;
		int reason = id_clean((struct str){ text, ID_TEXT }, cleaned, sizeof cleaned, &n);
		bool plain = !reason && n == ID_TEXT && !memcmp(cleaned, text, ID_TEXT);
		reason = reason ? reason : id_parse((struct str){ cleaned, n }, AS_OF, &slow);
		/* Yes for each number that stands there as it is, and for nothing else. */
		assert_int_equal(yes, plain && reason == 0);
		if (yes)
			assert_true(fast == slow);
		taken += yes;
	}
	assert_true(taken > ROUNDS && taken < 39 * ROUNDS);
}

static void fifteen_digits_are_the_same_person(void **unused)
{
	(void)unused;
	for (int i = 0; i < ROUNDS; i++) {
		char text[ID_TEXT + 1], shorter[16] = { 0 };
		uint64_t whole, cut;
		random_number(text);
		memcpy(text + 6, "19", 2);
		if (day_of(1900 + (text[8] - '0') * 10 + text[9] - '0', (text[10] - '0') * 10 + text[11] - '0',
		           (text[12] - '0') * 10 + text[13] - '0') < 0)
			continue; /* 29 February of another century */
		text[17] = id_check_digit(text);
		memcpy(shorter, text, 6);
		memcpy(shorter + 6, text + 8, 9);
		assert_int_equal(parse(text, &whole), 0);
		assert_int_equal(parse(shorter, &cut), 0);
		assert_true(id_key(whole) == id_key(cut));
		assert_true(id_weak(cut));
	}
}

static void the_check_digit_finds_every_single_wrong_digit(void **unused)
{
	(void)unused;
	for (int i = 0; i < ROUNDS / 10; i++) {
		char text[ID_TEXT + 1];
		uint64_t key;
		random_number(text);
		for (int place = 0; place < ID_TEXT; place++) {
			char right = text[place];
			for (const char *wrong = "0123456789"; *wrong; wrong++) {
				text[place] = *wrong;
				assert_true(*wrong == right || parse(text, &key) != 0);
			}
			text[place] = right;
		}
	}
}

static void only_a_cut_number_or_zeros_are_weak(void **unused)
{
	(void)unused;
	uint64_t key;
	assert_int_equal(parse("500901196001010114", &key), 0);
	assert_false(id_weak(key));
	assert_int_equal(parse("500901600101011", &key), 0);
	assert_true(id_weak(key));
	assert_int_equal(parse("500901196006018000", &key), 0);
	assert_true(id_weak(key));
}

static void a_certificate_keeps_category_and_level(void **unused)
{
	(void)unused;
	uint64_t stored;
	assert_int_equal(cert_parse(STR("50090119600101011474B2"), AS_OF, &stored), 0);
	assert_int_equal(id_category(stored), 7);
	assert_int_equal(id_level(stored), 4);
	assert_false(id_weak(stored));
}

static void every_day_comes_back_from_its_number(void **unused)
{
	(void)unused;
	for (int32_t day = 0; day <= day_of(2100, 12, 31); day++) {
		int y, m, d;
		day_split(day, &y, &m, &d);
		assert_int_equal(day_of(y, m, d), day);
	}
	assert_int_equal(day_of(1900, 1, 1), 0);
	assert_int_equal(day_of(1900, 2, 29), -1);
	assert_int_equal(day_of(2100, 2, 29), -1);
	assert_int_equal(day_of(2017, 11, 26), 43063);
}

static void a_year_of_29_february_is_completed_on_1_march(void **unused)
{
	(void)unused;
	assert_int_equal(age_at(day_of(2000, 2, 29), day_of(2016, 2, 28)), 15);
	assert_int_equal(age_at(day_of(2000, 2, 29), day_of(2016, 2, 29)), 16);
	assert_int_equal(age_at(day_of(2000, 2, 29), day_of(2017, 2, 28)), 16);
	assert_int_equal(age_at(day_of(2000, 2, 29), day_of(2017, 3, 1)), 17);
}

static void somebody_is_a_year_older_on_the_next_birthday_and_not_before(void **unused)
{
	(void)unused;
	for (int32_t born = day_of(1996, 1, 1); born < day_of(2000, 12, 31); born += 7)
		for (int32_t at = day_of(2016, 1, 1); at < day_of(2020, 12, 31); at += 29) {
			int32_t next = next_birthday(born, at);
			assert_true(next > at);
			assert_int_equal(age_at(born, next - 1), age_at(born, at));
			assert_int_equal(age_at(born, next), age_at(born, at) + 1);
		}
	assert_int_equal(next_birthday(day_of(2000, 2, 29), day_of(2017, 2, 28)), day_of(2017, 3, 1));
}

static void a_long_text_in_other_letters_is_too_long(void **unused)
{
	(void)unused;
	uint64_t key;
	char text[4 * 200 + 1] = { 0 };
	for (int i = 0; i < 200; i++)
		memcpy(text + 4 * i, "\xF0\xA0\x82\x87", 4);
	assert_int_equal(parse(text, &key), ID_LENGTH);
	text[4 * 18] = 0;
	assert_int_equal(parse(text, &key), ID_CHARSET);
}

static void what_looks_like_a_number_in_a_name_is_hidden(void **unused)
{
	(void)unused;
	static const char *const names[][2] = {
		{ "civil.500901196503062037.csv", "civil.500901************.csv" },
		{ "50090119650306203X", "500901************" },
		{ "a500901196503062038b", "a500901************b" },    /* a wrong check digit is still somebody's */
		{ "500901650306203", "500901*********" },               /* of 15 places */
		{ "50090119650306203711.csv", "500901**************.csv" }, /* of a certificate */
		{ "2017年7月户籍信息（全县）.xlsx", "2017年7月户籍信息（全县）.xlsx" },
		{ "hukou.500901.csv.gz", "hukou.500901.csv.gz" },
		{ "export-20171126153000.csv", "export-20171126153000.csv" }, /* a time */
		{ "123456789012345678", "123456789012345678" },         /* no day in it */
		{ "1500901196503062037", "1500901196503062037" },       /* 19 places */
		{ "500901196503062037 500901197001010018", "500901************ 500901************" },
		{ "", "" },
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char text[64];
		snprintf(text, sizeof text, "%s", names[i][0]);
		id_hide(text);
		assert_string_equal(text, names[i][1]);
	}
}

/* GB 11643 knows digits and X; letters come from certificates and typing errors, points and signs from spreadsheets. */
static void only_digits_letters_and_signs_are_read_in_full_width(void **s)
{
	static const char read[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ.+";
	(void)s;
	for (unsigned c = 0x21; c < 0x7F; c++) {
		unsigned u = c - 0x21 + 0xFF01;
		char text[] = { (char)(0xE0 | u >> 12), (char)(0x80 | (u >> 6 & 0x3F)), (char)(0x80 | (u & 0x3F)), 0 }, cleaned[8];
		size_t n = 99;
		char upper = (char)(c >= 'a' && c <= 'z' ? c - 32 : c);
		id_clean(str_of(text), cleaned, sizeof cleaned, &n);
		if (c == '-')
			assert_int_equal(n, 0);
		else if (strchr(read, upper))
			assert_true(n == 1 && cleaned[0] == upper);
		else
			assert_true(n == 3 && !memcmp(cleaned, text, 3));
	}
}

static void what_does_not_fit_is_left_out_and_nothing_behind_it_written(void **s)
{
	char cleaned[4] = "....";
	size_t n;
	(void)s;
	id_clean(STR("12345"), cleaned, 3, &n);
	assert_int_equal(n, 3);
	assert_memory_equal(cleaned, "123.", 4);
}

static void eighteen_places_with_a_hyphen_among_them_are_cleaned_too(void **s)
{
	char cleaned[ID_CLEAN_SIZE];
	size_t n;
	(void)s;
	id_clean(STR("50090119-800102123"), cleaned, sizeof cleaned, &n);
	assert_int_equal(n, 17);
	assert_memory_equal(cleaned, "50090119800102123", 17);
}

static void the_day_of_birth_stands_in_a_text_of_either_length(void **s)
{
	(void)s;
	assert_int_equal(id_text_day(STR("500901800102123")), day_of(1980, 1, 2));
	assert_int_equal(id_text_day(STR("50090119801231")), day_of(1980, 12, 31));
	assert_int_equal(id_text_day(STR("500901200002291230")), day_of(2000, 2, 29));
	assert_int_equal(id_text_day(STR("5009011980123")), -1);
	assert_int_equal(id_text_day(STR("50090119801X31123")), -1);
	assert_int_equal(id_text_day(STR("5009018O0102123")), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_digits_letters_and_signs_are_read_in_full_width),
		cmocka_unit_test(what_does_not_fit_is_left_out_and_nothing_behind_it_written),
		cmocka_unit_test(eighteen_places_with_a_hyphen_among_them_are_cleaned_too),
		cmocka_unit_test(the_day_of_birth_stands_in_a_text_of_either_length),
		cmocka_unit_test(what_looks_like_a_number_in_a_name_is_hidden),
		cmocka_unit_test(a_number_comes_back_from_its_key),
		cmocka_unit_test(the_fast_way_gives_the_same_numbers),
		cmocka_unit_test(fifteen_digits_are_the_same_person),
		cmocka_unit_test(the_check_digit_finds_every_single_wrong_digit),
		cmocka_unit_test(only_a_cut_number_or_zeros_are_weak),
		cmocka_unit_test(a_certificate_keeps_category_and_level),
		cmocka_unit_test(every_day_comes_back_from_its_number),
		cmocka_unit_test(a_year_of_29_february_is_completed_on_1_march),
		cmocka_unit_test(somebody_is_a_year_older_on_the_next_birthday_and_not_before),
		cmocka_unit_test(a_long_text_in_other_letters_is_too_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
