/* Any bytes as a number: the fast way takes none that the slow one refuses, and of 18 plain places each that the slow one takes, as the same
 * key; what is printed of a key is read as the key.
 *
 * The first two bytes are the as-of date. The rest is read as it stands, and once more as places: a digit a byte, the last one right
 * when its byte is even. */
#include "id/day.h"
#include "id/id.h"
#include "replay.h"

#include <stdlib.h>

static void must(bool holds)
{
	if (!holds)
		abort();
}

static bool is_plain(const char *p)
{
	for (int i = 0; i < ID_TEXT - 1; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	return (p[17] >= '0' && p[17] <= '9') || p[17] == 'X';
}

static int slow(struct str text, int32_t as_of, uint64_t *ret)
{
	char cleaned[ID_CLEAN_SIZE];
	size_t n;
	int reason = id_clean(text, cleaned, sizeof cleaned, &n);
	return reason ? reason : id_parse((struct str){ cleaned, n }, as_of, ret);
}

static void try(struct str text, int32_t as_of)
{
	uint64_t fast_id = 0, slow_id = 0, again = 0;
	char printed[ID_TEXT];
	bool taken = !slow(text, as_of, &slow_id);
	if (text.n == ID_TEXT) {
		bool fast = id_parse_clean(text.p, as_of, &fast_id);
		must(!fast || taken);
		must(!fast || fast_id == slow_id);
		must(fast || !taken || !is_plain(text.p));
	}
	if (!taken)
		return;
	must(id_birthday(slow_id) <= as_of);
	id_print(slow_id, printed);
	must(id_parse_clean(printed, as_of, &again) && id_key(again) == id_key(slow_id));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char places[ID_TEXT];
	if (n < 2)
		return 0;
	int32_t as_of = (data[0] | data[1] << 8) % (day_of(2100, 12, 31) + 1);
	char *text = mem_dup((struct str){ (const char *)data + 2, n - 2 }); /* a read behind the end shows */
	try((struct str){ text, n - 2 }, as_of);
	free(text);
	if (n < 2 + ID_TEXT)
		return 0;
	for (int i = 0; i < ID_TEXT; i++)
		places[i] = (char)('0' + data[2 + i] % 10);
	if (data[2 + 17] % 2 == 0)
		places[17] = id_check_digit(places);
	else if (data[2 + 17] % 11 == 10)
		places[17] = 'X';
	try((struct str){ places, ID_TEXT }, as_of);
	return 0;
}
