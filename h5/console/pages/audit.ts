export { default as Audit } from './audit/Audit.vue'
