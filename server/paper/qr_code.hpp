#pragma once

#include <string>
#include <string_view>
#include <vector>

// A QR code as rows of squares, for whatever draws it.
namespace paper {

class qr_code {
public:
    // Level M: a seventh of it may be creased or stained. Throws base::error{internal}: too long.
    explicit qr_code(std::string_view text);

    int size() const { return size_; }  // squares a side, without the quiet border
    bool dark(int row, int column) const {
        const auto at = static_cast<std::size_t>(row) * static_cast<std::size_t>(size_);
        return dark_[at + static_cast<std::size_t>(column)];
    }

private:
    int size_ = 0;
    std::vector<bool> dark_;
};

// For a page: black on white with its quiet border of four squares.
std::string to_svg(const qr_code& code);

}  // namespace paper
