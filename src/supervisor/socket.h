#ifndef REALTY_SUPERVISOR_SOCKET_H
#define REALTY_SUPERVISOR_SOCKET_H

extern int realty_socket_listen(const char *address, int port, const char **problem);
extern int realty_socket_listen_local(const char *path, const char **problem);

#endif
