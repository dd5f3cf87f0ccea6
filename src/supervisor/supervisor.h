#ifndef REALTY_SUPERVISOR_H
#define REALTY_SUPERVISOR_H

extern void realty_supervisor_init(void);

#endif
