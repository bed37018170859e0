import '../papers.css'

export { default as FamilyLinks } from './FamilyLinks.vue'
export { default as FamilyNew } from './FamilyNew.vue'
export { default as FamilyPay } from './FamilyPay.vue'
export { default as FamilyShare } from './FamilyShare.vue'
export { default as Receipt } from './Receipt.vue'
export { default as Verify } from './Verify.vue'
