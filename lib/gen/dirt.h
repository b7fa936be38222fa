/* dirt: what happens to rows on their way from a department: retyped, saved by Excel, cut, doubled. */
#ifndef BIDUI_GEN_DIRT_H
#define BIDUI_GEN_DIRT_H

struct sheet;

/* Damage the cells of the row and write it: once, twice, or over two lines. */
void dirt_row(struct sheet *s);

#endif
