#include "services/osd/store/rocksdb_crc32c.h"

#include <dlfcn.h>

#include <memory>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "rocksdb/file_checksum.h"

namespace siphon::osd {
namespace {

uint32_t Extend(uint32_t crc, std::string_view bytes) {
  return rocksdb::crc32c::Extend(crc, bytes.data(), bytes.size());
}

TEST(RocksdbCrc32cTest, IsTheUsualCrc32c) {
  EXPECT_EQ(Extend(0, ""), 0u);
  EXPECT_EQ(Extend(0, "123456789"), 0xe3069283u);
  EXPECT_EQ(Extend(0, std::string(32, '\0')), 0x8a9136aau);  // RFC 3720
}

TEST(RocksdbCrc32cTest, GoesOnFromWhatCameBefore) {
  EXPECT_EQ(Extend(Extend(0, "1234"), "56789"), 0xe3069283u);
}

// Not the library's own, neither for the program nor for the library's calls.
TEST(RocksdbCrc32cTest, IsTheOneThatIsFoundByName) {
  void* const found = dlsym(RTLD_DEFAULT, "_ZN7rocksdb6crc32c6ExtendEjPKcm");
  ASSERT_NE(found, nullptr);
  Dl_info where = {};
  ASSERT_NE(dladdr(found, &where), 0);
  EXPECT_EQ(std::string_view(where.dli_fname).find("librocksdb.so"), std::string_view::npos)
      << where.dli_fname;
}

TEST(RocksdbCrc32cTest, GivesTheLibraryTheSameValues) {
  const std::unique_ptr<rocksdb::FileChecksumGenerator> generator =
      rocksdb::GetFileChecksumGenCrc32cFactory()->CreateFileChecksumGenerator({});
  const std::string bytes = "123456789";
  generator->Update(bytes.data(), bytes.size());
  generator->Finalize();
  EXPECT_EQ(generator->GetChecksum(), std::string("\xe3\x06\x92\x83", 4));  // big-endian
}

}  // namespace
}  // namespace siphon::osd
