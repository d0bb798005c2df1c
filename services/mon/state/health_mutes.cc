#include "services/mon/state/health_mutes.h"

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace siphon::mon {

absl::Status HealthMutes::Load() {
  const absl::StatusOr<std::vector<std::string>> codes = store_->Keys(MonStore::kHealthMutes);
  if (!codes.ok()) return codes.status();
  for (const std::string& code : *codes) {
    const auto value = store_->Get(MonStore::kHealthMutes, code);
    if (!value.ok()) return value.status();
    int64_t seconds = 0;
    if (!*value || !absl::SimpleAtoi(**value, &seconds))
      return absl::DataLossError(
          absl::StrCat("monitor's store: the mute of ", code, " has no end"));
    until_[code] = absl::FromUnixSeconds(seconds);
  }
  return absl::OkStatus();
}

absl::Status HealthMutes::Mute(const std::string& code, absl::Time until) {
  MonStore::Batch batch;
  batch.Put(MonStore::kHealthMutes, code, absl::StrCat(absl::ToUnixSeconds(until)));
  if (absl::Status status = store_->Commit(batch); !status.ok()) return status;
  until_[code] = until;
  return absl::OkStatus();
}

absl::Status HealthMutes::Unmute(const std::string& code) {
  MonStore::Batch batch;
  for (const auto& item : until_)
    if (code.empty() || item.first == code) batch.Delete(MonStore::kHealthMutes, item.first);
  if (batch.empty()) return absl::OkStatus();
  if (absl::Status status = store_->Commit(batch); !status.ok()) return status;
  std::erase_if(until_, [&](const auto& item) { return code.empty() || item.first == code; });
  return absl::OkStatus();
}

}  // namespace siphon::mon
