/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>
#include <errno.h>

#include "http_request.h"

static const char *parsed(const char *text)
{
	static char again[HTTP_ADDRESS_SIZE];
	struct sockaddr_storage address;

	if (http_address_parse(text, &address))
		return "bad";
	http_address_text(again, &address, 7);
	return again;
}

Test(http, addresses_are_numbers_and_ports)
{
	cr_assert_str_eq(parsed("127.0.0.1:9464"), "127.0.0.1:7");
	cr_assert_str_eq(parsed("localhost:0"), "127.0.0.1:7");
	cr_assert_str_eq(parsed("[::1]:65535"), "[::1]:7");
}

Test(http, what_is_no_address_is_refused)
{
	static const char *const bad[] = {"",
					  "9464",
					  ":9464",
					  "127.0.0.1",
					  "127.0.0.1:",
					  "127.0.0.1:x",
					  "127.0.0.1:-1",
					  "127.0.0.1:+1",
					  "127.0.0.1: 1",
					  "127.0.0.1:65536",
					  "127.0.0.1:1x",
					  "::1:80",
					  "[::1:80",
					  "host.example:80",
					  "[]:80",
					  "[:80",
					  "127.1:80",
					  "127.0.0.1:000001"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_assert_str_eq(parsed(bad[i]), "bad", "%s", bad[i]);
}

static bool is_loopback(const char *text)
{
	struct sockaddr_storage address;

	cr_assert_eq(http_address_parse(text, &address), 0, "%s", text);
	return http_address_is_loopback(&address);
}

Test(http, only_loopback_is_loopback)
{
	cr_assert(is_loopback("127.0.0.1:1"));
	cr_assert(is_loopback("127.9.9.9:1"));
	cr_assert(is_loopback("[::1]:1"));
	cr_assert_not(is_loopback("0.0.0.0:1"));
	cr_assert_not(is_loopback("128.0.0.1:1"));
	cr_assert_not(is_loopback("10.0.0.1:1"));
	cr_assert_not(is_loopback("[::]:1"));
	cr_assert_not(is_loopback("[::ffff:10.0.0.1]:1"));
}

Test(http, accept_chooses_the_dialect)
{
	static const struct {
		const char *accept;
		bool otherwise, openmetrics;
	} cases[] = {
		{NULL, false, false},
		{NULL, true, true},
		{"", false, false},
		{"*/*", false, false},
		{"*/*", true, true},
		{"application/openmetrics-text", false, true},
		{"application/openmetrics-textual", false, false},
		{"application/openmetrics-text;version=1.0.0,text/plain;q=0.5", false,
		 true},
		{"application/openmetrics-text; version=1.0.0; q=0.2, text/plain", true,
		 false},
		{"text/plain;q=0.5 , Application/OpenMetrics-Text;q=0.75", false, true},
		{"application/openmetrics-text;q=0,text/plain", true, false},
		{"application/openmetrics-text;q=0", false, false},
		{"text/plain", true, false},
		{"text/plain,application/openmetrics-text", false, false},
		{"text/plain,application/openmetrics-text", true, true},
		/* as Prometheus 2.42 asks */
		{"application/openmetrics-text;version=1.0.0,application/"
		 "openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,"
		 "*/*;q=0.1",
		 false, true},
		{";;;,,,;q=;q=x", false, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_assert_eq(http_accepts_openmetrics(cases[i].accept,
						      cases[i].otherwise),
			     cases[i].openmetrics, "%s", cases[i].accept);
}
