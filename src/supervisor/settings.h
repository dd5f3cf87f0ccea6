#ifndef REALTY_SUPERVISOR_SETTINGS_H
#define REALTY_SUPERVISOR_SETTINGS_H

#include "nodes/pg_list.h"

typedef struct SupervisorSettings
{
	bool gateway;
	int http_port;
	char *http_address;
	char *http_socket; /* '' for none */
	char *database;
	char *cors_origins;
	char *trusted_proxies;
	char *metrics;
	char *gateway_program; /* '' for the one beside postgres */
	char *gateway_replicas;
	bool access_log;
	int gateway_connections;
	int gateway_drain_timeout; /* s */
} SupervisorSettings;

extern SupervisorSettings realty_supervisor_settings;

extern void realty_supervisor_define_settings(void);
extern char *realty_supervisor_program(void);
extern List *realty_supervisor_numbers(List *arguments);

#endif
