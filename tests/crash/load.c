/* SPDX-License-Identifier: BSD-2-Clause */
#include "load.h"

#include <pthread.h>
#include <unistd.h>

#include <tta/tta.h>

#include "torture.h"

struct worker {
	struct script script;
	struct done *done;
};

static void alloc(const struct script *s, uint32_t type, const struct call *call)
{
	const struct tta_alloc_desc desc = {
		.desc_size = sizeof(desc),
		.device = LEDGER_DEVICE,
		.type = type,
		.address = call->step.address,
		.size = call->step.size,
		.group = script_group(s->thread),
	};

	if (call->grouped)
		tta_alloc_ex(&desc);
	else
		tta_alloc(desc.device, type, desc.address, desc.size);
}

static void publish(const struct script *s, const struct call *call)
{
	const uint32_t type = script_type(s->load, s->thread);
	const struct step *step = &call->step;

	switch (step->op) {
	case TTA_OP_ALLOC:
		alloc(s, type, call);
		break;
	case TTA_OP_FREE:
		tta_free(LEDGER_DEVICE, type, step->address);
		break;
	case TTA_OP_VIEW:
		tta_view(LEDGER_DEVICE, type, step->address, step->size);
		break;
	case TTA_OP_FREE_VIEW:
		tta_free_view(LEDGER_DEVICE, type, step->address);
		break;
	case TTA_OP_CLOSE:
		tta_free_group(LEDGER_DEVICE, type, script_group(s->thread));
		break;
	default:
		tta_add(ADD_DEVICE, s->thread, (int64_t)step->size);
		break;
	}
}

static void *work(void *arg)
{
	struct worker *w = arg;

	tta_store_release32(&w->done->thread, (uint32_t)gettid());
	for (uint64_t i = 1;; i++) {
		struct call call = script_next(&w->script);

		tta_store_release64(&w->done->begun, i);
		tta_fence_seq_cst();
		publish(&w->script, &call);
		tta_fence_seq_cst();
		tta_store_release64(&w->done->done, i);
		script_apply(&w->script, &call);
	}
	return NULL;
}

_Noreturn void load_publish(const struct load *load, struct done done[SCRIPT_THREADS])
{
	static struct worker worker[SCRIPT_THREADS];
	pthread_t thread;

	/* What other threads tell while one attaches is kept in private memory first. */
	if (load->threads > 1)
		tta_thread_attach();
	for (unsigned i = 0; i < load->threads; i++) {
		worker[i].done = &done[i];
		script_begin(&worker[i].script, load, i);
	}
	for (unsigned i = 1; i < load->threads; i++)
		CHECK(!pthread_create(&thread, NULL, work, &worker[i]), "no thread");
	work(&worker[0]);
	_exit(96);
}
