#include "services/mon/auth_service.h"

#include <cerrno>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/decoder.h"

namespace siphon::mon {
namespace {

constexpr char kKey[] = "last_global_id";
constexpr size_t kMaxNameBytes = 256;

// What a client that has not chosen a method yet says: u8 version, its methods, its name and the
// global id it had before.
struct Offer {
  std::set<uint32_t> methods;
  AuthService::Identity identity;
};

absl::StatusOr<Offer> DecodeOffer(const BufferList& payload) {
  Offer offer;
  Decoder d(payload);
  d.U8();
  for (uint32_t n = d.Count(4); n > 0; --n) offer.methods.insert(d.U32());
  offer.identity.type = static_cast<EntityType>(d.U32());
  offer.identity.id = d.String();
  offer.identity.global_id = d.U64();
  if (!d.ok()) return d.status();
  if (offer.identity.id.empty() || offer.identity.id.size() > kMaxNameBytes)
    return absl::InvalidArgumentError("a client's name has 1 to 256 bytes");
  return offer;
}

}  // namespace

absl::Status AuthService::Load() {
  const auto stored = store_->Get(MonStore::kMeta, kKey);
  if (!stored.ok()) return stored.status();
  if (*stored && !absl::SimpleAtoi(**stored, &reserved_))
    return absl::DataLossError("monitor's store: last_global_id is no number");
  last_ = reserved_;
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> AuthService::NewGlobalId() {
  if (last_ == reserved_) {
    MonStore::Batch batch;
    batch.Put(MonStore::kMeta, kKey, absl::StrCat(reserved_ + kReserve));
    if (absl::Status status = store_->Commit(batch); !status.ok()) return status;
    reserved_ += kReserve;
  }
  return ++last_;
}

std::unique_ptr<rados::MAuthReply> AuthService::Handle(const rados::MAuth& request,
                                                       uint64_t known, Identity* identity) {
  auto reply = std::make_unique<rados::MAuthReply>();
  reply->set_tid(request.tid());
  reply->protocol = kMethodNone;
  reply->global_id = known;
  const auto refuse = [&reply](int result, std::string why) {
    reply->result = result;
    reply->result_message = std::move(why);
    return std::move(reply);
  };
  // A client that is in may ask for new tickets; without authentication there are none.
  if (request.protocol != 0) {
    if (request.protocol == kMethodNone && known != 0) return reply;
    return refuse(-EOPNOTSUPP, "only authentication 'none' is served");
  }
  absl::StatusOr<Offer> offer = DecodeOffer(request.auth_payload);
  if (!offer.ok()) return refuse(-EINVAL, std::string(offer.status().message()));
  if (!offer->methods.contains(kMethodNone))
    return refuse(-EOPNOTSUPP, "the monitor serves authentication 'none', the client does not");
  absl::StatusOr<uint64_t> id = known != 0 ? known : NewGlobalId();
  if (!id.ok()) return refuse(-EIO, std::string(id.status().message()));
  *identity = std::move(offer->identity);
  identity->global_id = reply->global_id = *id;
  return reply;
}

}  // namespace siphon::mon
