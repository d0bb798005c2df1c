#include "services/osd/osd_identity.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace siphon::osd {
namespace {

using rados::Uuid;

constexpr char kWhoami[] = "whoami";
constexpr char kFsid[] = "fsid";
constexpr char kClusterFsid[] = "ceph_fsid";

std::string PathOf(const std::string& folder, const char* name) { return folder + "/" + name; }

// The first word of a file; nothing when there is no such file.
std::optional<std::string> ReadWord(const std::string& path) {
  std::ifstream file(path);
  std::string word;
  if (!(file >> word)) return std::nullopt;
  return word;
}

// Whole or not at all: written beside and renamed.
absl::Status WriteWord(const std::string& path, const std::string& word) {
  const std::string beside = path + ".new";
  {
    std::ofstream file(beside, std::ios::trunc);
    file << word << "\n";
    file.flush();
    if (!file) {
      return absl::ErrnoToStatus(errno, absl::StrCat(beside,
                                                     ": cannot be written; check the folder "
                                                     "that osd_data names"));
    }
  }
  std::error_code error;
  std::filesystem::rename(beside, path, error);
  if (error) {
    return absl::ErrnoToStatus(error.value(), absl::StrCat(path, ": cannot be put into place"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Uuid> ReadUuid(const std::string& path, const Uuid& otherwise) {
  const std::optional<std::string> word = ReadWord(path);
  if (!word.has_value()) return otherwise;
  absl::StatusOr<Uuid> uuid = Uuid::Parse(*word);
  if (!uuid.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", uuid.status().message()));
  }
  return uuid;
}

}  // namespace

absl::StatusOr<OsdIdentity> OsdIdentity::Load(const std::string& folder, int32_t whoami,
                                              RandomSource& random) {
  OsdIdentity identity;
  identity.whoami = whoami;
  identity.uuid = Uuid::Random(random);
  if (folder.empty()) return identity;

  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return absl::ErrnoToStatus(error.value(), absl::StrCat(folder, ": cannot be made (osd_data)"));
  }
  const std::string number = absl::StrCat(whoami);
  const std::string kept = ReadWord(PathOf(folder, kWhoami)).value_or(number);
  if (kept != number) {
    return absl::FailedPreconditionError(absl::StrCat(folder, " belongs to osd.", kept,
                                                      ", not osd.", whoami,
                                                      "; give --osd-data its own folder"));
  }
  absl::StatusOr<Uuid> uuid = ReadUuid(PathOf(folder, kFsid), identity.uuid);
  if (!uuid.ok()) return uuid.status();
  identity.uuid = *uuid;
  absl::StatusOr<Uuid> cluster = ReadUuid(PathOf(folder, kClusterFsid), Uuid());
  if (!cluster.ok()) return cluster.status();
  identity.cluster_fsid = *cluster;

  absl::Status written = WriteWord(PathOf(folder, kFsid), identity.uuid.ToString());
  if (written.ok()) written = WriteWord(PathOf(folder, kWhoami), number);
  if (!written.ok()) return written;
  return identity;
}

absl::Status OsdIdentity::SetCluster(const std::string& folder, const Uuid& fsid) {
  if (cluster_fsid == fsid) return absl::OkStatus();
  if (!cluster_fsid.is_zero()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "osd.", whoami, " belongs to cluster ", cluster_fsid.ToString(), ", the monitors serve ",
        fsid.ToString(), "; check mon_host, or give it a new folder (--osd-data)"));
  }
  cluster_fsid = fsid;
  if (folder.empty()) return absl::OkStatus();
  return WriteWord(PathOf(folder, kClusterFsid), fsid.ToString());
}

}  // namespace siphon::osd
