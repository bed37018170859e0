#include "server/paper/qr_code.hpp"

#include <memory>

#include <qrencode.h>

#include "server/base/error.hpp"
#include "server/paper/drawing.hpp"

namespace paper {

qr_code::qr_code(std::string_view text) {
    const std::string terminated{text};
    const std::unique_ptr<QRcode, releaser<QRcode_free>> made{
        QRcode_encodeString8bit(terminated.c_str(), 0, QR_ECLEVEL_M)};
    base::ensure(made != nullptr, "an address fits into a QR code");
    size_ = made->width;
    const auto count = static_cast<std::size_t>(size_) * static_cast<std::size_t>(size_);
    dark_.reserve(count);
    // NOLINTNEXTLINE(*-pointer-arithmetic): the library's array
    for (std::size_t i = 0; i < count; ++i) dark_.push_back((made->data[i] & 1U) != 0);
}

std::string to_svg(const qr_code& code) {
    constexpr int border = 4;
    const auto side = std::to_string(code.size() + 2 * border);
    std::string out = R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 )" + side + ' ' +
                      side + R"("><path fill="#fff" d="M0 0h)" + side + 'v' + side +
                      "H0z\"/><path d=\"";
    for (int row = 0; row < code.size(); ++row) {
        for (int column = 0; column < code.size(); ++column) {
            if (!code.dark(row, column)) continue;
            int run = 1;
            while (column + run < code.size() && code.dark(row, column + run)) ++run;
            out += 'M' + std::to_string(column + border) + ' ' + std::to_string(row + border) +
                   'h' + std::to_string(run) + "v1h-" + std::to_string(run) + 'z';
            column += run - 1;
        }
    }
    return out + "\"/></svg>";
}

}  // namespace paper
