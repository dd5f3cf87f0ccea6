#ifndef REALTY_MAINTENANCE_SWEEP_H
#define REALTY_MAINTENANCE_SWEEP_H

extern void realty_sweep_define_settings(void);

#endif
