#ifndef REALTY_SUPERVISOR_LISTENERS_H
#define REALTY_SUPERVISOR_LISTENERS_H

extern void realty_listeners_arrange(void);
extern void realty_listeners_retry(void);
extern void realty_listeners_close(void);
extern int realty_listeners_open(int *sockets);
extern char *realty_listeners_names(void);

#endif
