#include "msg/message.h"

namespace siphon {

void Message::Encode(uint64_t features) {
  const bool filled = encoding_ == Encoding::kAsReceived ||
                      (encoding_ == Encoding::kForFeatures && encoded_features_ == features);
  if (!filled) {
    header_.version = head_version_;
    header_.compat_version = head_compat_version_;
    payload_.Clear();
    Encoder e(&payload_);
    EncodePayload(e, features);
    if (header_.compat_version == 0) header_.compat_version = header_.version;
    encoding_ = Encoding::kForFeatures;
    encoded_features_ = features;
  }
  header_.front_len = static_cast<uint32_t>(payload_.size());
  header_.middle_len = static_cast<uint32_t>(middle_.size());
  header_.data_len = static_cast<uint32_t>(data_.size());
}

void Message::SetSegments(const MessageHeader& header, BufferList front, BufferList middle,
                          BufferList data) {
  header_ = header;
  payload_ = std::move(front);
  middle_ = std::move(middle);
  data_ = std::move(data);
  encoding_ = Encoding::kAsReceived;
}

}  // namespace siphon
