#ifndef REALTY_SUPERVISOR_LISTENERS_H
#define REALTY_SUPERVISOR_LISTENERS_H

extern void realty_doors_arrange(void);
extern void realty_doors_retry(void);
extern void realty_doors_close(void);
extern int realty_doors_open(int *sockets);
extern char *realty_doors_names(void);

#endif
