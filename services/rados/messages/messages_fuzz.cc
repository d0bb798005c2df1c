// Any bytes as any message: the first two choose the type, the rest is the front, and the data too,
// so that operations find input. What decodes must encode, and decode again to the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/features.h"
#include "msg/message.h"
#include "msg/message_registry.h"
#include "services/rados/messages/register.h"

namespace siphon::rados {
namespace {

const MessageRegistry& Registry() {
  static const MessageRegistry* const registry = [] {
    auto* r = new MessageRegistry;
    RegisterRadosMessages(r);
    return r;
  }();
  return *registry;
}

MessagePtr Decode(const MessageRegistry::Entry& entry, const BufferList& front,
                  const BufferList& data) {
  MessagePtr m = entry.factory();
  const MessageHeader header = m->header();
  m->SetSegments(header, front, BufferList(), data);
  Decoder d(front);
  if (!m->DecodePayload(d).ok() || !d.ok()) return nullptr;
  return m;
}

BufferList Encode(Message& m) {
  BufferList front;
  Encoder e(&front);
  m.EncodePayload(e, kFeaturesPacific);
  return front;
}

void RunOne(std::string_view input) {
  if (input.size() < 2) return;
  const uint16_t type =
      static_cast<uint16_t>(static_cast<uint8_t>(input[0]) | static_cast<uint8_t>(input[1]) << 8);
  const MessageRegistry::Entry* entry = Registry().Find(type);
  if (entry == nullptr) return;
  const BufferList front = BufferList::CopyOf(input.substr(2));
  const MessagePtr first = Decode(*entry, front, front);
  if (first == nullptr) return;
  const BufferList once = Encode(*first);
  const MessagePtr second = Decode(*entry, once, first->data());
  // The first may have had forms that are not written any more; from then on nothing changes.
  if (second == nullptr || !(Encode(*second) == once)) std::abort();
  if (first->Summary() != second->Summary()) std::abort();
}

}  // namespace
}  // namespace siphon::rados

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  siphon::rados::RunOne({reinterpret_cast<const char*>(data), size});
  return 0;
}
