// For tests: reads the recorded maps of testing/vectors/maps.
#ifndef SIPHON_SERVICES_RADOS_MAP_VECTORS_H_
#define SIPHON_SERVICES_RADOS_MAP_VECTORS_H_

#include <fstream>
#include <iterator>
#include <string>

#include "base/buffer_list.h"
#include "gtest/gtest.h"

namespace siphon::rados {

inline std::string ReadMapVector(const std::string& name) {
  std::ifstream file("testing/vectors/maps/" + name, std::ios::binary);
  EXPECT_TRUE(file.good()) << name << " is missing";
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

inline BufferList ReadMapVectorList(const std::string& name) {
  return BufferList::CopyOf(ReadMapVector(name));
}

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MAP_VECTORS_H_
