#include "db/wanted_rows.hpp"

namespace db {

void wanted_rows::add_beginning(std::string_view column, const std::string& text) {
    if (text.empty()) return;
    std::string pattern;
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c;
    }
    add(std::string{column} + " LIKE ?", pattern + "%");
}

}  // namespace db
