#include "show.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* ---- progress ------------------------------------------------------------------------------------------------------------------------ */

static pthread_t thread;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t stopped = PTHREAD_COND_INITIALIZER;
static bool stop, running;

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void print_line(const struct run_progress *p, double elapsed)
{
	static const char *const steps[] = { "starting", "reading", "joining", "screening", "writing lists", "done" };
	double bytes = (double)p->ingest.bytes, all = (double)p->bytes;
	double rate = elapsed > 0 ? bytes / elapsed : 0;
	fprintf(stderr, "\r\033[K%s: %" PRIu64 " rows", steps[p->step], (uint64_t)p->ingest.rows);
	if (p->step == STEP_INGEST)
		fprintf(stderr, ", %.0f MB/s", rate / 1e6);
	if (p->step == STEP_INGEST && rate > 0 && all > bytes)
		fprintf(stderr, ", %.0f s left", (all - bytes) / rate);
	else if (p->step > STEP_INGEST)
		fprintf(stderr, ", %.0f s", elapsed);
	fflush(stderr);
}

static void *print_progress(void *arg)
{
	double start = seconds();
	pthread_mutex_lock(&lock);
	while (!stop) {
		struct timespec until;
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += 200000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&stopped, &lock, &until);
		if (!stop)
			print_line(arg, seconds() - start);
	}
	pthread_mutex_unlock(&lock);
	fprintf(stderr, "\r\033[K");
	return NULL;
}

void progress_start(struct run_progress *p)
{
	running = pthread_create(&thread, NULL, print_progress, p) == 0;
}

void progress_stop(void)
{
	if (!running)
		return;
	pthread_mutex_lock(&lock);
	stop = true;
	pthread_cond_signal(&stopped);
	pthread_mutex_unlock(&lock);
	pthread_join(thread, NULL);
	running = false;
}

/* ---- the table ----------------------------------------------------------------------------------------------------------------------- */

static void show_extracts(const struct run_result *r)
{
	uint64_t total[5] = { 0 };
	printf("%12s %12s %10s %10s %8s  extract\n", "read", "accepted", "rejected", "duplicate", "blank");
	for (size_t i = 0; i < r->file_count; i++) {
		const struct ingest_count *c = &r->counts[i];
		const uint64_t v[] = { c->rows_read, c->accepted, c->rejected, c->duplicate, c->blank };
		for (int k = 0; k < 5; k++)
			total[k] += v[k];
		printf("%12" PRIu64 " %12" PRIu64 " %10" PRIu64 " %10" PRIu64 " %8" PRIu64 "  %s (%.*s)%s\n", v[0], v[1], v[2], v[3], v[4],
		       r->files[i].name, STR_ARG(r->files[i].kind->name), r->kept[i] ? " as before" : "");
	}
	printf("%12" PRIu64 " %12" PRIu64 " %10" PRIu64 " %10" PRIu64 " %8" PRIu64 "  all\n\n", total[0], total[1], total[2], total[3], total[4]);
}

static void show_lists(const struct run_result *r, bool color)
{
	static const char *const zh[] = { "疑似漏评", "疑似错退", "疑似错评", "有否决条件", "转台账", "户数异常增长", "数据质量" };
	printf("%12s  list\n", "leads");
	for (int l = 0; l < LIST_COUNT; l++) {
		bool first = l == LIST_MISSED && r->report.findings[l] && color;
		printf("%s%12" PRIu64 "  %s %s%s", first ? "\033[1m" : "", r->report.findings[l], list_name((enum list)l), zh[l], first ? "\033[0m" : "");
		const char *before = ": ";
		for (unsigned i = 0; i < r->pack->rule_count; i++)
			if (r->report.by_rule[l][i]) {
				printf("%s%.*s %" PRIu64, before, STR_ARG(r->pack->rules[i].code), r->report.by_rule[l][i]);
				before = ", ";
			}
		printf("\n");
	}
}

static void show_older(const struct older *k)
{
	for (size_t i = 0; i < k->count; i++)
		if (k->items[i].gone)
			printf("%s: removed, the oldest of more runs than --keep says\n", k->items[i].path);
}

void show_result(const struct run_result *r, const char *out, bool color)
{
	show_extracts(r);
	show_lists(r, color);
	printf("\n疑点不等于违规: a finding is a lead for a person to check on the spot, never a decision.\nThe lists are in %s/lists\n", out);
	show_older(&r->older);
}
