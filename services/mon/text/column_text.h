// ColumnText: a table of text as Ceph 16.2 prints it: two spaces between columns, each padded to
// its widest cell, the last one too.
//
// Threads: one at a time.
#ifndef SIPHON_SERVICES_MON_TEXT_COLUMN_TEXT_H_
#define SIPHON_SERVICES_MON_TEXT_COLUMN_TEXT_H_

#include <string>
#include <utility>
#include <vector>

namespace siphon::mon {

class ColumnText {
 public:
  enum Align { kLeft, kRight };
  struct Column {
    std::string heading;
    Align heading_align = kLeft;
    Align align = kLeft;  // of the cells
  };

  explicit ColumnText(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // Missing cells are empty; more than the columns are ignored.
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string ToString() const;

 private:
  const std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_TEXT_COLUMN_TEXT_H_
