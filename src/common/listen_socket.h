/*
 * listen_socket.h
 *		Opens listening sockets, for the supervisor and for a gateway by itself.
 */
#ifndef REALTY_COMMON_LISTEN_SOCKET_H
#define REALTY_COMMON_LISTEN_SOCKET_H

#define LISTEN_FAILED (-1)
#define LISTEN_NO_ADDRESS (-2) /* the address does not resolve */

/*
 * A listening socket, non-blocking and closed on exec; address "*" means all. Without one
 * it returns LISTEN_FAILED or LISTEN_NO_ADDRESS, and *problem is why: a static string.
 */
extern int realty_listen_tcp(const char *address, int port, const char **problem);

/*
 * The same on a path; a socket that an ended process left there is replaced. Every
 * user who may enter its directory may connect, as to a port of the loopback address.
 * *problem is also set, beside a socket, when the path's mode could not be changed;
 * else it is NULL.
 */
extern int realty_listen_unix(const char *path, const char **problem);

#endif
