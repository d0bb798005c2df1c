// CliCommand, CliContext: what the commands of the program `siphon` are made of.
//
// Threads: one.
#ifndef SIPHON_SERVICES_CLIENT_CLI_COMMAND_H_
#define SIPHON_SERVICES_CLIENT_CLI_COMMAND_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/config.h"
#include "services/client/bench.h"
#include "services/client/pool_io.h"
#include "services/client/rados_client.h"

namespace siphon::client {

// What the command line says, and the connection, which is made when it is first needed.
class CliContext {
 public:
  enum class Format { kPlain, kJson, kJsonPretty };

  Config* config = nullptr;
  std::string id;      // "admin"
  std::string pool;    // --pool
  std::string nspace;  // --namespace
  Format format = Format::kPlain;
  absl::Duration connect_timeout;
  BenchOptions bench;

  absl::StatusOr<RadosClient*> Client();
  // The pool of --pool. A usage error: there is no such flag.
  absl::StatusOr<PoolIo> Pool();
  bool json() const { return format != Format::kPlain; }

 private:
  std::unique_ptr<RadosClient> client_;
};

struct CliCommand {
  std::string words;      // "osd pool create"
  std::string arguments;  // "POOL [PG_NUM]", as --help shows them
  std::string summary;    // one line
  std::string details;    // some lines, for `siphon help COMMAND`
  std::string examples;   // whole command lines
  int min_arguments = 0;
  int max_arguments = 0;
  // Runs it with what follows its words.
  absl::Status (*run)(CliContext& context, const CliCommand& command,
                      const std::vector<std::string>& arguments) = nullptr;
};

// A mistake in how the program was called: exit code 2 instead of 1.
absl::Status CliUsageError(std::string_view message);
bool IsCliUsageError(const absl::Status& status);

// Writes all of it to standard output.
absl::Status CliPrint(std::string_view text);

}  // namespace siphon::client

#endif  // SIPHON_SERVICES_CLIENT_CLI_COMMAND_H_
