/* The separators of plain records of one width, one behind the other.
 *
 * run.c includes this once for each kind of processor: TARGET, NAME and MARKS say for which. p[0 .. n), n up to 2^32 - 1; CHUNK bytes can
 * be read behind it. `most`: bytes of a record with its line end. Returns how many there are; begins as in struct csv_run. */
TARGET static unsigned NAME(const char *p, size_t n, char delimiter, size_t most, unsigned width, uint32_t *begins)
{
	uint32_t *to = begins + 1, *row_end = begins + width;
	const uint32_t *stop = begins + CSV_RUN * (size_t)width + 1;
	uint64_t opens = 1; /* a field begins with the first byte of the chunk */
	unsigned rows = 0;
	bool quoted = false;
	begins[0] = 0;
	for (size_t base = 0; base < n && to < stop && !quoted; base += CHUNK) {
		struct marks m = MARKS(p + base, delimiter);
		uint64_t ends = m.delimiters | m.lf, there = n - base < CHUNK ? (UINT64_C(1) << (n - base)) - 1 : UINT64_MAX;
		uint64_t quotes = m.quotes & (ends << 1 | opens);
		opens = ends >> (CHUNK - 1);
		quoted = quotes != 0;
		if (quoted)
			there &= (quotes & -quotes) - 1;
		ends &= there;
		to = put_ends(to, (uint32_t)base + 1, ends);
		uint32_t *chunk = to - __builtin_popcountll(ends);
		for (uint64_t lf = m.lf & there; lf; lf &= lf - 1) {
			/* The line end has to be the last separator of its row, and no other line end stands before it. */
			if (chunk + __builtin_popcountll(ends & ((lf & -lf) - 1)) != row_end || row_end[0] - row_end[-(int)width] > most)
				return rows;
			row_end += width;
			if (++rows == CSV_RUN)
				return rows;
		}
	}
	return rows;
}

#undef TARGET
#undef NAME
#undef MARKS
