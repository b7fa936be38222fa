/* The directory of an OLE compound file ([MS-CFB]) tells an encrypted workbook from an old one. Whatever is wrong with the file, the
 * answer is only less exact. */
#include "base/le.h"
#include "remedy.h"
#include "xlsx/xlsx.h"

#include <unistd.h>

#define HEADER 512
#define ENTRY 128
#define SECTORS_MAX 64          /* of a directory: a workbook's has few */
#define SECTOR_NONE 0xFFFFFFFAu /* and above: no sector */
#define FAT_IN_HEADER 109       /* sectors of the allocation table that the header names */

struct ole {
	int fd;
	uint8_t header[HEADER];
	unsigned shift;           /* a sector has 1 << shift bytes */
};

enum ole_is { OLE_UNKNOWN, OLE_OLD, OLE_ENCRYPTED };

bool xlsx_is_ole(struct str begin)
{
	return begin.n >= 8 && !memcmp(begin.p, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
}

bool xlsx_is_zip(struct str begin)
{
	return begin.n >= 4 && !memcmp(begin.p, "PK\3\4", 4);
}

static bool read_at(const struct ole *o, void *p, size_t n, uint64_t at)
{
	return pread(o->fd, p, n, (off_t)at) == (ssize_t)n;
}

static uint64_t sector_at(const struct ole *o, uint32_t sector)
{
	return ((uint64_t)sector + 1) << o->shift;
}

/* The sector that follows in its chain. */
static uint32_t next_sector(const struct ole *o, uint32_t sector)
{
	uint32_t per_sector = 1u << (o->shift - 2), table = sector / per_sector;
	uint8_t next[4];
	if (table >= FAT_IN_HEADER)
		return SECTOR_NONE;
	uint32_t fat = le32_get(o->header + 76 + 4 * table);
	if (fat >= SECTOR_NONE || !read_at(o, next, 4, sector_at(o, fat) + 4 * (sector % per_sector)))
		return SECTOR_NONE;
	return le32_get(next);
}

/* Whether an entry has this name, which is UTF-16LE there. */
static bool is_named(const uint8_t *entry, const char *name)
{
	size_t n = strlen(name);
	if (le16_get(entry + 64) != 2 * n + 2)
		return false;
	for (size_t i = 0; i < n; i++)
		if (le16_get(entry + 2 * i) != (unsigned char)name[i])
			return false;
	return true;
}

static enum ole_is look(struct ole *o)
{
	if (!read_at(o, o->header, HEADER, 0))
		return OLE_UNKNOWN;
	o->shift = le16_get(o->header + 30);
	if (o->shift != 9 && o->shift != 12)
		return OLE_UNKNOWN;
	uint32_t sector = le32_get(o->header + 48);
	for (unsigned i = 0; i < SECTORS_MAX && sector < SECTOR_NONE; i++, sector = next_sector(o, sector)) {
		for (unsigned at = 0; at < 1u << o->shift; at += ENTRY) {
			uint8_t entry[ENTRY];
			if (!read_at(o, entry, ENTRY, sector_at(o, sector) + at))
				return OLE_UNKNOWN;
			if (is_named(entry, "EncryptedPackage"))
				return OLE_ENCRYPTED;
			if (is_named(entry, "Workbook") || is_named(entry, "Book"))
				return OLE_OLD;
		}
	}
	return OLE_UNKNOWN;
}

int xlsx_refuse_ole(int fd, const char *name, struct err *err)
{
	static const char *const reasons[] = {
		[OLE_UNKNOWN] = ("is an OLE file: an old workbook (.xls) or an encrypted one; " SAVE_AGAIN " without a password"),
		[OLE_OLD] = ("is a workbook of the old format (.xls); " SAVE_AGAIN),
		[OLE_ENCRYPTED] = "is an encrypted workbook; open it with its password, remove the password and save it",
	};
	struct ole o = { .fd = fd };
	return err_set(err, STATUS_DATA, "%s:1: %s", name, reasons[look(&o)]);
}
