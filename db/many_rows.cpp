#include "db/many_rows.hpp"

namespace db {

std::string statement_for(const many_rows& shape, std::size_t count) {
    std::string out;
    const auto row_size = shape.row.size() + shape.joint.size();
    out.reserve(shape.head.size() + shape.first_row.size() + count * row_size + shape.tail.size());
    out += shape.head;
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) out += shape.joint;
        out += i == 0 && !shape.first_row.empty() ? shape.first_row : shape.row;
    }
    out += shape.tail;
    return out;
}

}  // namespace db
