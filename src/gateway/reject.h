#ifndef REALTY_GATEWAY_REJECT_H
#define REALTY_GATEWAY_REJECT_H

#include "gateway/peer.h"
#include "gateway/refusal.h"

void reject_peer(Peer *peer, Refusal refusal, const char *reason);
void reject_stranger(int fd, const char *address, Refusal refusal);

#endif
