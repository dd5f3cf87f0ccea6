#ifndef REALTY_SUPERVISOR_SWEEP_H
#define REALTY_SUPERVISOR_SWEEP_H

extern void realty_sweep_define_settings(void);

#endif
