#include "admin/text_table.h"

#include <algorithm>

namespace siphon {
namespace {

constexpr char kBold[] = "\033[1m";
constexpr char kReset[] = "\033[0m";

const char* Colour(TextTable::Style style) {
  switch (style) {
    case TextTable::Style::kGood:
      return "\033[32m";
    case TextTable::Style::kWarning:
      return "\033[33m";
    case TextTable::Style::kBad:
      return "\033[31m";
    case TextTable::Style::kPlain:
      break;
  }
  return "";
}

// In characters of UTF-8: all bytes but those that continue one.
size_t Width(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

void AppendCell(const std::string& text, const char* colour, size_t width, TextTable::Align align,
                bool last, std::string* line) {
  const std::string padding(width - Width(text), ' ');
  if (align == TextTable::Align::kRight) line->append(padding);
  line->append(colour).append(text).append(*colour == 0 ? "" : kReset);
  if (align == TextTable::Align::kLeft && !last) line->append(padding);
  if (!last) line->append("  ");
}

void TrimEnd(std::string* line) {
  while (!line->empty() && line->back() == ' ') line->pop_back();
}

}  // namespace

void TextTable::AddRow(std::vector<Cell> cells) {
  cells.resize(columns_.size(), Cell(""));
  for (Cell& cell : cells) {
    for (char& c : cell.text) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    }
  }
  rows_.push_back(std::move(cells));
}

std::string TextTable::Render(bool colours) const {
  std::vector<size_t> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    size_t width = Width(columns_[i].title);
    for (const auto& row : rows_) width = std::max(width, Width(row[i].text));
    widths.push_back(width);
  }
  std::string out, line;
  const auto end_line = [&] {
    TrimEnd(&line);
    out.append(line).append("\n");
    line.clear();
  };
  for (size_t i = 0; i < columns_.size(); ++i) {
    AppendCell(columns_[i].title, colours ? kBold : "", widths[i], columns_[i].align,
               i + 1 == columns_.size(), &line);
  }
  end_line();
  for (const auto& row : rows_) {
    for (size_t i = 0; i < columns_.size(); ++i) {
      AppendCell(row[i].text, colours ? Colour(row[i].style) : "", widths[i], columns_[i].align,
                 i + 1 == columns_.size(), &line);
    }
    end_line();
  }
  return out;
}

}  // namespace siphon
