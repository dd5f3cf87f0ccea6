#ifndef REALTY_FUZZ_SERVER_H
#define REALTY_FUZZ_SERVER_H

extern void server_forget(void);

#endif
