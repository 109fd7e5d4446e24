/* SPDX-License-Identifier: BSD-2-Clause */
#include "child.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tta/tta.h>

#include "channel.h"
#include "churn.h"
#include "load.h"

/* A churn that goes on from statement to statement; ends with the process. */
struct running_churn {
	struct running_churn *next;
	struct sim_churn churn;
};

static uint32_t type_id(const char *name)
{
	int id = sim_builtin_type(name);

	return id >= 0 ? (uint32_t)id : tta_type(name);
}

static int describe(const struct sim_device *device)
{
	struct tta_memory_info memory[SIM_MEMORY_LIMIT] = {0};
	struct tta_device_info info = {.info_size = sizeof(info),
				       .kind = device->kind,
				       .stable_id = device->id[0] ? device->id : NULL,
				       .arch = device->arch[0] ? device->arch : NULL,
				       .memory = memory,
				       .memory_count = device->memory_count};
	int err;

	for (uint32_t i = 0; i < device->memory_count; i++) {
		memory[i].type = type_id(device->memory[i].type);
		memory[i].banks = device->memory[i].banks;
		memory[i].capacity = device->memory[i].capacity;
		memory[i].bank_size = device->memory[i].bank_size;
		memory[i].reserved = device->memory[i].reserved;
		memory[i].base = device->memory[i].base;
	}
	err = tta_device_describe(device->number, &info);
	return err == -ENODEV ? 0 : err; /* publishing is off: nothing to say */
}

static void alloc_one(const struct sim_op *op, uint32_t device, uint32_t type,
		      uint64_t address, uint32_t label)
{
	struct tta_alloc_desc desc = {.desc_size = sizeof(desc),
				      .device = device,
				      .type = type,
				      .address = address,
				      .size = op->size,
				      .bank_size = op->bank_size,
				      .group = op->group,
				      .label = label};

	if (label || op->group || op->bank_size)
		tta_alloc_ex(&desc);
	else
		tta_alloc(device, type, address, op->size);
}

/* One address of one device. */
static void publish_address(const struct sim_op *op, uint32_t device, uint32_t type,
			    uint64_t address, uint32_t label)
{
	switch (op->kind) {
	case SIM_OP_ALLOC:
		alloc_one(op, device, type, address, label);
		break;
	case SIM_OP_FREE:
		tta_free(device, type, address);
		break;
	case SIM_OP_FREE_SIZED:
		tta_free_sized(device, type, address, op->size);
		break;
	case SIM_OP_VIEW:
		tta_view(device, type, address, op->size);
		break;
	default:
		tta_free_view(device, type, address);
		break;
	}
}

static void publish_addresses(const struct sim_op *op, uint32_t device)
{
	uint32_t type = type_id(op->type);
	uint32_t label = op->text[0] ? tta_label(op->text) : 0;

	for (uint64_t i = 0; i < op->count; i++)
		publish_address(op, device, type, op->address + i * op->step, label);
}

static struct sim_churn *find_churn(struct running_churn **all, const struct sim_op *op)
{
	struct sim_churn_plan plan = {.device_first = op->device_first,
				      .device_count =
					      op->device_last - op->device_first + 1,
				      .type = type_id(op->type),
				      .label = op->text[0] ? tta_label(op->text) : 0,
				      .base = op->address,
				      .size_min = op->size,
				      .size_max = op->size_max,
				      .step = op->step,
				      .seed = op->seed};
	struct running_churn *at = *all;

	while (at && memcmp(&at->churn.plan, &plan, sizeof(plan)) != 0)
		at = at->next;
	if (at)
		return &at->churn;
	at = malloc(sizeof(*at));
	if (!at)
		return NULL;
	sim_churn_init(&at->churn, &plan);
	at->next = *all;
	*all = at;
	return &at->churn;
}

static int publish_churn(struct running_churn **all, const struct sim_op *op)
{
	struct sim_churn *churn = find_churn(all, op);
	int err;

	if (!churn)
		return -ENOMEM;
	err = sim_churn_resize(churn, op->live * churn->plan.device_count);
	for (uint64_t i = 0; !err && i < op->ops * churn->plan.device_count; i++)
		sim_churn_replace(churn);
	return err;
}

/* What is published device by device. */
static void publish_device(const struct sim_op *op, uint32_t device)
{
	switch (op->kind) {
	case SIM_OP_FREE_GROUP:
		tta_free_group(device, type_id(op->type), op->group);
		break;
	case SIM_OP_CLOSE:
		tta_device_close(device);
		break;
	case SIM_OP_FAIL:
		tta_alloc_failed(device, type_id(op->type), op->size);
		break;
	case SIM_OP_ADD:
		tta_add(device, type_id(op->type), op->delta);
		break;
	default:
		publish_addresses(op, device);
		break;
	}
}

static int publish(struct running_churn **churns, const struct sim_op *op)
{
	int err = 0;

	switch (op->kind) {
	case SIM_OP_MARK:
		err = tta_mark(op->text);
		return err == -ENODEV ? 0 : err;
	case SIM_OP_LEVEL:
		err = tta_level_set((enum tta_level)op->level);
		return err == -ENODEV ? 0 : err;
	case SIM_OP_CHURN:
		return publish_churn(churns, op);
	default:
		for (uint32_t d = op->device_first; d <= op->device_last; d++)
			publish_device(op, d);
		return 0;
	}
}

/* The next message; the parent is gone when there is none. */
static void take(int channel, struct sim_message *message)
{
	ssize_t got;

	do {
		got = recv(channel, message, sizeof(*message), 0);
	} while (got < 0 && errno == EINTR);
	if (got != sizeof(*message))
		exit(1);
	if (message->kind == SIM_MESSAGE_EXIT)
		exit((int)message->exit_code);
}

static void give(int channel, const struct sim_answer *answer)
{
	if (send(channel, answer, sizeof(*answer), MSG_NOSIGNAL) != sizeof(*answer))
		exit(1);
}

/* Name and ties to the parent, before the first event. Returns the channel. */
static int take_place(const char *setup)
{
	char comm[16] = "";
	int channel, parent;

	if (sscanf(setup, "%d:%d:%15[^\n]", &channel, &parent, comm) < 2)
		_exit(2);
	prctl(PR_SET_NAME, comm);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	unsetenv(SIM_CHANNEL_VARIABLE);
	return channel;
}

void sim_child_run(const char *setup)
{
	int channel = take_place(setup);
	struct running_churn *churns = NULL;
	struct sim_answer answer = {0};
	struct sim_message message;

	for (;;) {
		give(channel, &answer);
		take(channel, &message);
		answer.error = 0;
		if (message.kind == SIM_MESSAGE_DESCRIBE)
			answer.error = describe(&message.device);
		else if (message.kind == SIM_MESSAGE_LOAD)
			answer.error = sim_load_run(&message.load, channel, &answer);
		else
			answer.error = publish(&churns, &message.op);
	}
}
