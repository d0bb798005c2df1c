#include "services/mon/text/column_text.h"

#include <algorithm>
#include <cstddef>

namespace siphon::mon {

std::string ColumnText::ToString() const {
  const auto cell = [](const std::vector<std::string>& row, size_t c) {
    return c < row.size() ? row[c] : std::string();
  };
  std::vector<size_t> widths;
  for (size_t c = 0; c < columns_.size(); ++c) {
    widths.push_back(columns_[c].heading.size());
    for (const auto& row : rows_) widths[c] = std::max(widths[c], cell(row, c).size());
  }
  std::string text;
  const auto add = [&](size_t c, const std::string& what, Align align) {
    const std::string pad(widths[c] - what.size(), ' ');
    if (c > 0) text += "  ";
    text += align == kLeft ? what + pad : pad + what;
  };
  for (size_t c = 0; c < columns_.size(); ++c)
    add(c, columns_[c].heading, columns_[c].heading_align);
  text += '\n';
  for (const auto& row : rows_) {
    for (size_t c = 0; c < columns_.size(); ++c) add(c, cell(row, c), columns_[c].align);
    text += '\n';
  }
  return text;
}

}  // namespace siphon::mon
