/* The record when no field of it begins with a quote: a walk over the marks. FOUND_QUOTE at the first that does.
 *
 * scan.c includes this once for each kind of processor: TARGET, NAME and MARKS say for which. */
TARGET static enum found NAME(struct scan *s, const char *p, size_t n, bool whole)
{
	size_t from = 0; /* where the field begins */
	uint64_t opens = 1; /* a field begins with the first byte of the chunk */
	s->field_count = 0;
	s->lines = 1;
	for (size_t base = 0; base < n; base += CHUNK) {
		struct marks m = MARKS(p + base, s->rules.delimiter);
		uint64_t line_ends = m.lf | m.cr;
		if (n - base < CHUNK) {
			uint64_t there = (UINT64_C(1) << (n - base)) - 1;
			m.delimiters &= there;
			line_ends &= there;
			m.quotes &= there;
		}
		if (s->field_cap - s->field_count <= CHUNK)
			make_room(s);
		struct str *to = s->fields + s->field_count;
		uint64_t quotes = m.quotes & (m.delimiters << 1 | opens);
		opens = m.delimiters >> (CHUNK - 1);
		for (;;) {
			/* The fields before the next line end, or before the end of the chunk. */
			uint64_t before = line_ends ? (line_ends & -line_ends) - 1 : UINT64_MAX;
			if (quotes & before)
				return FOUND_QUOTE;
			for (uint64_t d = m.delimiters & before; d; d &= d - 1) {
				size_t at = base + (size_t)__builtin_ctzll(d);
				*to++ = (struct str){ p + from, at - from };
				from = at + 1;
			}
			s->field_count = (size_t)(to - s->fields);
			if (!line_ends)
				break;
			size_t at = base + (size_t)__builtin_ctzll(line_ends);
			int k = p[at] == '\n' ? 1 : scan_line_end(s, p, n, at, whole);
			if (k < 0)
				return FOUND_NOTHING;
			if (k > 0) {
				*to = (struct str){ p + from, at - from };
				s->field_count++;
				ends(s, at, (size_t)k);
				return FOUND;
			}
			m.delimiters &= ~before;
			line_ends &= line_ends - 1;
		}
	}
	if (!whole)
		return FOUND_NOTHING;
	if (s->field_cap == s->field_count)
		make_room(s);
	s->fields[s->field_count++] = (struct str){ p + from, n - from };
	ends(s, n, 0);
	return FOUND;
}

#undef TARGET
#undef NAME
#undef MARKS
