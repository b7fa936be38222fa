/* bidui-ingest: extracts of one kind into a table. */
#include "base/mem.h"
#include "cli/cli.h"
#include "id/hide.h"
#include "ingest/ingest.h"
#include "options.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Without folders, as it may be told; malloc'd. */
static char *shown_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = mem_dup(str_of(slash ? slash + 1 : path));
	id_hide(name);
	return name;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct ingest_file *)a)->name, ((const struct ingest_file *)b)->name);
}

/* The extracts in byte order of their names, which have to differ: rows are named by them. */
static int list_files(const struct options *o, struct ingest_file *files, struct err *err)
{
	for (int i = 0; i < o->extract_count; i++)
		files[i] = (struct ingest_file){ o->extracts[i], shown_name(o->extracts[i]), o->encoding, o->delimiter };
	qsort(files, (size_t)o->extract_count, sizeof *files, by_name);
	for (int i = 1; i < o->extract_count; i++)
		if (!strcmp(files[i - 1].name, files[i].name))
			return err_set(err, STATUS_CONFIG, "%s: two extracts have this name; rename one", files[i].name);
	return 0;
}

static void print_counts(const struct ingest_file *files, const struct ingest_count *counts, int n)
{
	fprintf(stderr, "%12s %12s %12s %12s %12s %12s  %s\n", "read", "accepted", "rejected", "duplicate", "blank", "invalid", "file");
	for (int i = 0; i < n; i++) {
		const struct ingest_count *c = &counts[i];
		fprintf(stderr, "%12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %12" PRIu64 "  %s\n", c->rows_read,
		        c->accepted, c->rejected, c->duplicate, c->blank, c->invalid, files[i].name);
	}
}

static void *help(void *crew)
{
	ingest_help(crew);
	return NULL;
}

/* The job, with the help of threads - 1 more. Fewer are no error. */
static int run_on_threads(struct ingest_job *job, struct ingest_count *counts, unsigned threads, struct err *err)
{
	pthread_t helpers[64];
	unsigned started = 0;
	if (threads > 1)
		job->crew = ingest_crew_new(threads);
	while (started + 1 < threads && pthread_create(&helpers[started], NULL, help, job->crew) == 0)
		started++;
	int rc = ingest_run(job, counts, err);
	if (job->crew)
		ingest_crew_close(job->crew);
	for (unsigned i = 0; i < started; i++)
		pthread_join(helpers[i], NULL);
	ingest_crew_free(job->crew);
	return rc;
}

static int ingest(const struct options *o, const struct cli *cli, struct schema *schema, struct err *err)
{
	struct ingest_file *files = mem_alloc((size_t)o->extract_count * sizeof *files);
	struct ingest_count *counts = mem_alloc((size_t)o->extract_count * sizeof *counts);
	struct id_changes *changes = NULL;
	struct ingest_job job = {
		.schema = schema, .kind = schema_kind(schema, str_of(o->kind)), .files = files, .file_count = (unsigned)o->extract_count,
		.as_of = o->as_of, .table_path = o->table, .rejects_path = o->rejects, .invalid_path = o->invalid,
	};
	int rc = -1;
	frame_id_make(&job.id, schema->hash, o->as_of, o->run);
	if (!job.kind) {
		err_set(err, STATUS_CONFIG, "kind %s: there is no schema for it; see the schemas' folder", o->kind);
		goto done;
	}
	if (list_files(o, files, err) < 0 || (o->changes && id_changes_load(&changes, o->changes, schema, &job.id, err) < 0))
		goto done;
	job.changes = changes;
	rc = run_on_threads(&job, counts, o->threads, err);
	if (rc == 0 && !cli->quiet)
		print_counts(files, counts, o->extract_count);
done:
	id_changes_free(changes);
	for (int i = 0; i < o->extract_count; i++)
		free((char *)files[i].name);
	free(files);
	free(counts);
	return rc;
}

int main(int argc, char **argv)
{
	struct cli cli = { "bidui-ingest", "extracts of one kind into a table", "[OPTION...] EXTRACT...", NULL };
	struct options o;
	struct err err;
	int status;
	if (options_read(&o, &cli, argc, argv, &status) < 0)
		return status;
	struct buf dir = { 0 };
	if (o.schemas)
		buf_puts(&dir, str_of(o.schemas));
	else
		buf_printf(&dir, "%s/schemas", cli_data_dir());
	buf_putc(&dir, 0);
	struct schema *schema = NULL;
	int rc = schema_load(&schema, dir.p, NULL, &err);
	if (rc == 0)
		rc = ingest(&o, &cli, schema, &err);
	if (rc < 0)
		rc = cli_fail(&cli, &err);
	schema_free(schema);
	buf_release(&dir);
	return rc;
}
