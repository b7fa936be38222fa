#include "number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define TEXT_MAX 64       /* bytes of a stored number; a double needs 24 */
#define EXACT_DIGITS 15   /* a decimal of so many digits has a double of its own */
#define LAST_SERIAL 2958465 /* 9999-12-31 since 1900 */
#define SERIAL_OF_1904 1462 /* of 1904-01-01 since 1900 */

/* A decimal: 0.DIGITS times ten to the power of `point`. No digits: zero. */
struct decimal {
	char digits[TEXT_MAX];
	int count, point;
	bool minus;
};

/* Read [+-]digits[.digits][E[+-]digits] into digits without zeros at either end. False for anything else. */
static bool decimal_read(struct decimal *d, struct str s)
{
	size_t i = 0;
	bool any = false, fraction = false;
	*d = (struct decimal){ 0 };
	if (s.n >= TEXT_MAX)
		return false;
	if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
		d->minus = s.p[i++] == '-';
	for (; i < s.n && ((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] == '.' && !fraction)); i++) {
		if (s.p[i] == '.') {
			fraction = true;
			continue;
		}
		any = true;
		if (d->count || s.p[i] != '0') {
			d->digits[d->count++] = s.p[i];
			d->point += !fraction;
		} else {
			d->point -= fraction;
		}
	}
	if (any && i < s.n && (s.p[i] == 'E' || s.p[i] == 'e')) {
		int exponent = 0;
		bool down = ++i < s.n && s.p[i] == '-';
		i += i < s.n && (s.p[i] == '-' || s.p[i] == '+');
		for (any = false; i < s.n && s.p[i] >= '0' && s.p[i] <= '9' && exponent < 10000; i++, any = true)
			exponent = 10 * exponent + s.p[i] - '0';
		d->point += down ? -exponent : exponent;
	}
	while (d->count && d->digits[d->count - 1] == '0')
		d->count--;
	if (!d->count)
		d->point = 0;
	return any && i == s.n;
}

/* The double of a decimal. Digits and 'E' only: no locale has a say. */
static double decimal_value(const struct decimal *d)
{
	char text[TEXT_MAX + 16];
	if (!d->count)
		return 0;
	snprintf(text, sizeof text, "%s%.*sE%d", d->minus ? "-" : "", d->count, d->digits, d->point - d->count);
	return strtod(text, NULL);
}

/* Read back a value printed with so many digits, `step` added to the last. Whether it is the same double. */
static bool decimal_of(struct decimal *ret, double value, int digits, unsigned step)
{
	char printed[TEXT_MAX], text[TEXT_MAX];
	snprintf(printed, sizeof printed, "%.*e", digits - 1, fabs(value));
	printed[1] = printed[0]; /* over the point, whatever the locale has for one */
	unsigned long long all = strtoull(printed + 1, NULL, 10) + step;
	int n = snprintf(text, sizeof text, "%s%lluE%d", value < 0 ? "-" : "", all, atoi(strchr(printed, 'e') + 1) - digits + 1);
	return decimal_read(ret, (struct str){ text, (size_t)n }) && decimal_value(ret) == value;
}

/* The decimal of the fewest digits that is the same double. A power of two has more room above than below: there the nearest decimal of
 * 16 digits may be another double, and the next one be right. */
static void decimal_shorten(struct decimal *d, double value)
{
	struct decimal shorter;
	for (int digits = EXACT_DIGITS; digits <= 17; digits++) {
		if (decimal_of(&shorter, value, digits, 0) || (digits == 16 && decimal_of(&shorter, value, digits, 1))) {
			*d = shorter;
			return;
		}
	}
}

static void put_zeros(struct buf *out, int n)
{
	for (int i = 0; i < n; i++)
		buf_putc(out, '0');
}

static void decimal_put(const struct decimal *d, struct buf *out)
{
	int whole = d->point < d->count ? d->point : d->count;
	if (!d->count) {
		buf_putc(out, '0');
		return;
	}
	if (d->minus)
		buf_putc(out, '-');
	if (d->point <= 0)
		buf_putc(out, '0');
	if (whole > 0)
		buf_put(out, d->digits, (size_t)whole);
	put_zeros(out, d->point - d->count);
	if (whole < d->count) {
		buf_putc(out, '.');
		put_zeros(out, -d->point);
		whole = whole > 0 ? whole : 0;
		buf_put(out, d->digits + whole, (size_t)(d->count - whole));
	}
}

void number_put(struct str stored, struct buf *out)
{
	struct decimal d;
	if (!decimal_read(&d, stored)) {
		buf_puts(out, stored);
		return;
	}
	/* Up to 15 digits are the shortest already, far from where doubles end. */
	if (d.count > EXACT_DIGITS || d.point > 300 || d.point < -290) {
		double value = decimal_value(&d);
		if (!isfinite(value)) {
			buf_puts(out, stored);
			return;
		}
		d.count = value == 0 ? 0 : d.count;
		if (d.count)
			decimal_shorten(&d, value);
	}
	decimal_put(&d, out);
}

/* Append the day that lies so many days after 1899-12-31 in a calendar without Excel's extra day. */
static void put_day(unsigned days, struct buf *out)
{
	/* Days since 0000-03-01, where a leap day is the last of its year: 1899-12-31 is number 693900. */
	unsigned z = days + 693900, era = z / 146097, of_era = z % 146097;
	unsigned year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	unsigned of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	unsigned from_march = (5 * of_year + 2) / 153;
	unsigned day = of_year - (153 * from_march + 2) / 5 + 1, month = from_march < 10 ? from_march + 3 : from_march - 9;
	buf_printf(out, "%04u-%02u-%02u", year_of_era + era * 400 + (month <= 2), month, day);
}

bool number_put_date(struct str stored, bool since_1904, struct buf *out)
{
	struct decimal d;
	if (!decimal_read(&d, stored))
		return false;
	double value = decimal_value(&d);
	if (since_1904 && value >= 0 && value < LAST_SERIAL)
		value += SERIAL_OF_1904;
	if (!(value >= 1 && value < LAST_SERIAL + 1))
		return false;
	unsigned serial = (unsigned)value;
	if (serial == 60)
		return false;
	put_day(serial - (serial > 60), out);
	return true;
}
