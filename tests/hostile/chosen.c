/* chosen N: citizens' numbers that somebody picks who knows the hash without its seed (lib/join/sieve.h): all of them begin their search in the first
 * hundredth of a table. Prints N, one a line; their region was never issued. */
#include "id/id.h"
#include "../../lib/join/sieve.h"

#include <stdio.h>

#define FIRST_DAY 11000u /* 1930 */
#define LAST_DAY 42000u  /* 2014 */

int main(int argc, char **argv)
{
	long left = argc == 2 ? atol(argv[1]) : 0;
	for (uint64_t region = 500900; region < 501000 && left; region++)
		for (uint64_t day = FIRST_DAY; day < LAST_DAY && left; day++)
			for (uint64_t sequence = 0; sequence < 1000 && left; sequence++) {
				char text[ID_TEXT];
				uint64_t key = region << 27 | day << 10 | sequence;
				if (sieve_hash(key) >> 57)
					continue;
				id_print(key, text);
				printf("%.*s\n", ID_TEXT, text);
				left--;
			}
	return left ? 1 : 0;
}
