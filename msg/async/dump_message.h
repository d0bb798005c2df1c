// DumpMessage: a message's bytes as text for the log, where an option asks for it.
//
// Threads: any.
#ifndef SIPHON_MSG_ASYNC_DUMP_MESSAGE_H_
#define SIPHON_MSG_ASYNC_DUMP_MESSAGE_H_

#include <string>

#include "base/buffer_list.h"
#include "msg/message_header.h"

namespace siphon {

// Type, number and sizes, then each part in rows of 32 bytes with their offset; of a long part the
// first KiB.
std::string DumpMessage(const MessageHeader& header, const BufferList& front,
                        const BufferList& middle, const BufferList& data);

}  // namespace siphon

#endif  // SIPHON_MSG_ASYNC_DUMP_MESSAGE_H_
