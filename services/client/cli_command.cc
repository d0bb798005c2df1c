#include "services/client/cli_command.h"

#include <unistd.h>

#include <cerrno>

#include "absl/strings/cord.h"
#include "base/absl_view.h"

namespace siphon::client {
namespace {

constexpr char kUsageMark[] = "siphon/usage";

}  // namespace

absl::StatusOr<RadosClient*> CliContext::Client() {
  if (!client_) {
    absl::StatusOr<std::unique_ptr<RadosClient>> client =
        RadosClient::Connect(config, id, connect_timeout);
    if (absl::IsInvalidArgument(client.status())) {  // mon_host
      return CliUsageError(std::string(client.status().message()));
    }
    if (!client.ok()) return client.status();
    client_ = *std::move(client);
  }
  return client_.get();
}

absl::StatusOr<PoolIo> CliContext::Pool() {
  if (pool.empty()) {
    return CliUsageError("no pool: name it with -p POOL; `siphon osd pool ls` lists them");
  }
  absl::StatusOr<RadosClient*> client = Client();
  if (!client.ok()) return client.status();
  absl::StatusOr<PoolIo> io = (*client)->OpenPool(pool);
  if (io.ok()) io->set_nspace(nspace);
  return io;
}

absl::Status CliUsageError(std::string_view message) {
  absl::Status status = absl::InvalidArgumentError(AbslView(message));
  status.SetPayload(kUsageMark, absl::Cord());
  return status;
}

bool IsCliUsageError(const absl::Status& status) {
  return status.GetPayload(kUsageMark).has_value();
}

absl::Status CliPrint(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = write(STDOUT_FILENO, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return absl::ErrnoToStatus(errno, "standard output");
    text.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

}  // namespace siphon::client
